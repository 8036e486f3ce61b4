/* SPDX-License-Identifier: MIT */
#include <idphoto/filename.h>
#include <idphoto/matchkey.h>

#include <string.h>
#include <utf8proc.h>

/*
 * Finding a number in a name that people typed.
 *
 * The name is first brought to one byte a character (ascii_fold): digits and letters of full width
 * become ASCII, look-alikes of X become X, blanks and hyphens of all kinds become ' ', invisible
 * characters vanish, and everything else becomes SOLID, which ends a number. Circled and
 * superscript digits are SOLID on purpose: they number copies.
 *
 * Then the runs of digits are looked at, each with the X behind it. A run of 18 characters is a
 * candidate. A longer run is not searched for windows, as one in a few thousand of them would be
 * somebody else's number; only the number at its start or end counts, if it is valid and what is
 * left over is explained: a mobile phone number, a date or time, or a second ID number. Only if no
 * valid candidate stands in one piece are runs joined over blanks and hyphens.
 */

enum { SOLID = 1 };

static int fold_codepoint(utf8proc_int32_t c)
{
        if (c >= 0xff01 && c <= 0xff5e) /* full width */
                c -= 0xff01 - 0x21;
        if (c == 'x' || c == 0xd7 || c == 0x3c7 || c == 0x3a7 || c == 0x425 || c == 0x445 ||
            c == 0x2169 || c == 0x2179)
                return 'X';
        if (c == ' ' || c == '\t' || c == '-' || c == 0xa0 || (c >= 0x2000 && c <= 0x200a) ||
            (c >= 0x2010 && c <= 0x2015) || c == 0x202f || c == 0x205f || c == 0x2212 ||
            c == 0x3000 || c == 0xfe58 || c == 0xfe63)
                return ' ';
        if (c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
            (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || (c >= 0xfe00 && c <= 0xfe0f))
                return 0;
        return c > ' ' && c < 0x7f ? (int)c : SOLID;
}

static int ascii_fold(const char *name, char **ret)
{
        _cleanup_free_ char *folded = malloc(strlen(name) + 1);
        size_t n = 0;

        if (!folded)
                return -ENOMEM;
        for (const char *p = name; *p;) {
                utf8proc_int32_t codepoint;
                utf8proc_ssize_t used =
                        utf8proc_iterate((const utf8proc_uint8_t *)p, -1, &codepoint);
                int c;

                if (used <= 0)
                        return -EILSEQ;
                c = fold_codepoint(codepoint);
                if (c != 0)
                        folded[n++] = (char)c;
                p += used;
        }
        folded[n] = '\0';
        *ret = TAKE_PTR(folded);
        return 0;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int number_of(const char *digits, size_t n)
{
        int value = 0;

        for (size_t i = 0; i < n; i++)
                value = value * 10 + (digits[i] - '0');
        return value;
}

/* A run of digits, with the X that ends it where one does. */
typedef struct Run {
        const char *start;
        size_t length;
        bool x;
} Run;

static bool next_run(const char **p, Run *ret)
{
        const char *s = *p;
        size_t n = 0;

        while (*s && !is_digit(*s))
                s++;
        if (!*s)
                return false;
        while (is_digit(s[n]))
                n++;
        *ret = (Run){.start = s, .length = n};
        /* After 17 digits an X is the check character whatever follows; elsewhere only one that
         * nothing follows belongs to the number, as it may begin a word or stand for "times". */
        if (s[n] == 'X' && (n == 17 || (n > 12 && !is_letter(s[n + 1]) && !is_digit(s[n + 1]) &&
                                        s[n + 1] != SOLID))) {
                ret->length++;
                ret->x = true;
        }
        *p = s + ret->length;
        return true;
}

/* "20240901", "202409011530", "20240901153045", with fractions of a second: cameras and chat
 * programs name files so. No region code begins with 20, so no ID number is mistaken for one. */
static bool is_timestamp(const char *s, size_t n)
{
        Date date;

        if (n < 8 || memcmp(s, "20", 2) != 0)
                return false;
        date = (Date){number_of(s, 4), number_of(s + 4, 2), number_of(s + 6, 2)};
        if (!date_valid(date))
                return false;
        if (n == 8)
                return true;
        return n >= 12 && number_of(s + 8, 2) < 24 && number_of(s + 10, 2) < 60 &&
               (n < 14 || number_of(s + 12, 2) <= 60);
}

static bool is_mobile_phone(const char *s, size_t n)
{
        return n == 11 && s[0] == '1' && s[1] >= '3';
}

typedef struct Search {
        Date today;
        IdNumber valid;
        IdNumber invalid;
        IdNumber legacy;
        size_t n_valid;
        size_t n_invalid;
        size_t n_legacy;
        ReasonCode problem; /* of `invalid` */
        bool wrong_length;
} Search;

static void note_number(IdNumber *first, size_t *n, const IdNumber *number)
{
        if (*n == 0)
                *first = *number;
        if (*n == 0 || strcmp(first->text, number->text) != 0)
                (*n)++;
}

static void note_candidate(Search *search, const IdNumber *number)
{
        ReasonCode problem;
        bool first = search->n_invalid == 0;

        if (id_number_valid(number->text, search->today, &problem)) {
                note_number(&search->valid, &search->n_valid, number);
                return;
        }
        note_number(&search->invalid, &search->n_invalid, number);
        if (first)
                search->problem = problem;
}

static IdNumber number_at(const char *s)
{
        IdNumber number = {};

        memcpy(number.text, s, ID_NUMBER_LENGTH);
        return number;
}

static void look_at_long_run(Search *search, const Run *run)
{
        const size_t rest = run->length - ID_NUMBER_LENGTH;
        const char *first = run->start, *last = run->start + rest;
        const char *after = run->start + ID_NUMBER_LENGTH;
        bool head = id_number_valid(first, search->today, NULL);
        bool tail = id_number_valid(last, search->today, NULL);
        bool found = false;

        if (head && ((rest == ID_NUMBER_LENGTH && tail) || is_mobile_phone(after, rest) ||
                     is_timestamp(after, rest))) {
                IdNumber number = number_at(first);

                note_number(&search->valid, &search->n_valid, &number);
                found = true;
        }
        if (tail && ((rest == ID_NUMBER_LENGTH && head) || is_mobile_phone(first, rest) ||
                     is_timestamp(first, rest))) {
                IdNumber number = number_at(last);

                note_number(&search->valid, &search->n_valid, &number);
                found = true;
        }
        if (!found && !is_timestamp(run->start, run->length))
                search->wrong_length = true;
}

static void look_at_legacy(Search *search, const Run *run)
{
        char legacy[16] = {};
        IdNumber number;
        ReasonCode problem;

        memcpy(legacy, run->start, 15);
        if (id_number_upgrade(legacy, &number) < 0)
                return;
        if (id_number_valid(number.text, search->today, &problem))
                note_number(&search->legacy, &search->n_legacy, &number);
        else if (problem != REASON_NUMBER_REGION)
                search->wrong_length = true;
}

static void look_at_run(Search *search, const Run *run)
{
        if (run->length < 15)
                return;
        if (run->length == 15 && !run->x) {
                look_at_legacy(search, run);
        } else if (run->length == ID_NUMBER_LENGTH) {
                IdNumber number = number_at(run->start);

                if (!is_timestamp(run->start, run->length))
                        note_candidate(search, &number);
        } else if (run->length > ID_NUMBER_LENGTH) {
                look_at_long_run(search, run);
        } else if (!is_timestamp(run->start, run->length)) {
                search->wrong_length = true;
        }
}

/* Whether 18 characters put together from pieces look like a number with a slip in it, rather than
 * like dates and counters that happen to add up to 18. */
static bool looks_like_number(const IdNumber *number, Date today)
{
        IdNumber mended = *number;
        ReasonCode problem;

        mended.text[ID_NUMBER_LENGTH - 1] = id_number_check_character(mended.text);
        return id_number_valid(mended.text, today, &problem);
}

/* Numbers written in groups: "219999 19900101 0016". Pieces are taken whole, from one border to
 * another. */
static void look_at_groups(Search *search, const char *text)
{
        const char *p = text;
        Run first;

        while (next_run(&p, &first)) {
                IdNumber number = {};
                size_t n = 0;
                const char *q = first.start;
                Run run;

                while (next_run(&q, &run)) {
                        if (n + run.length > ID_NUMBER_LENGTH)
                                break;
                        memcpy(number.text + n, run.start, run.length);
                        n += run.length;
                        if (n == ID_NUMBER_LENGTH - 1 && *q == 'X') {
                                number.text[n++] = 'X';
                                q++;
                        }
                        if (n == ID_NUMBER_LENGTH || run.x || *q != ' ')
                                break;
                        while (*q == ' ')
                                q++;
                        /* The check character may stand alone behind a blank. */
                        if (n == ID_NUMBER_LENGTH - 1 && *q == 'X' && !is_letter(q[1]))
                                number.text[n++] = 'X';
                        if (n == ID_NUMBER_LENGTH || !is_digit(*q))
                                break;
                }
                if (n == ID_NUMBER_LENGTH && looks_like_number(&number, search->today))
                        note_candidate(search, &number);
        }
}

/* "2.19999E+17": what is left of a number after a spreadsheet took it for a quantity. */
static bool has_exponent(const char *text)
{
        for (const char *e = text; (e = strpbrk(e, "Ee")) != NULL; e++) {
                const char *m = e, *x = e + 1;
                bool point = false, plus = *x == '+';

                while (m > text && (is_digit(m[-1]) || m[-1] == '.')) {
                        m--;
                        point = point || *m == '.';
                }
                if (m == e || !is_digit(*m))
                        continue;
                x += plus;
                if ((plus || point) && x[0] == '1' && is_digit(x[1]) && !is_digit(x[2]))
                        return true;
        }
        return false;
}

int filename_identity(const char *name, Date today, FilenameIdentity *ret)
{
        Search search = {.today = today};
        FilenameIdentity identity = {.problem = _REASON_INVALID};
        _cleanup_free_ char *decoded = NULL, *text = NULL;
        const char *p;
        Run run;
        int r;

        /* The digits of an escape are no digits of a number. */
        r = name_decode(name, &decoded);
        if (r >= 0)
                r = ascii_fold(decoded, &text);
        if (r < 0)
                return r;
        for (p = text; next_run(&p, &run);)
                look_at_run(&search, &run);
        if (search.n_valid == 0)
                look_at_groups(&search, text);

        if (search.n_valid > 0) {
                identity.kind = FILENAME_ID_NUMBER;
                identity.number = search.valid;
                identity.ambiguous = search.n_valid > 1;
                identity.valid = !identity.ambiguous;
        } else if (search.n_invalid > 0) {
                identity.kind = FILENAME_ID_NUMBER;
                identity.number = search.invalid;
                identity.ambiguous = search.n_invalid > 1;
                identity.problem = search.problem;
        } else if (search.n_legacy > 0) {
                identity.kind = FILENAME_LEGACY;
                identity.number = search.legacy;
                identity.ambiguous = search.n_legacy > 1;
                identity.valid = !identity.ambiguous;
        } else {
                identity.kind = FILENAME_NONE;
                identity.problem = has_exponent(text)    ? REASON_NUMBER_SPREADSHEET_EXPONENT
                                   : search.wrong_length ? REASON_NUMBER_LENGTH
                                                         : REASON_NAME_NO_NUMBER;
        }
        if (identity.ambiguous)
                identity.problem = REASON_NAME_TWO_NUMBERS;
        *ret = identity;
        return 0;
}
