/* SPDX-License-Identifier: MIT */
#include "number.h"

/* More digits than that a double does not keep. */
#define DIGITS_MAX 15

void number_skip_blanks(const char **p)
{
        while (char_is_blank(**p))
                (*p)++;
}

/* The single division is correctly rounded, so that the value is the same double as the literal's.
 */
int number_parse(const char **p, double *ret)
{
        const char *s = *p;
        double digits = 0, scale = 1;
        bool negative = *s == '-';
        int n = 0;

        s += negative;
        if (!char_is_digit(*s))
                return -EINVAL;
        for (; char_is_digit(*s); s++, n++)
                digits = digits * 10 + (*s - '0');
        if (s[0] == '.' && char_is_digit(s[1]))
                for (s++; char_is_digit(*s); s++, n++) {
                        digits = digits * 10 + (*s - '0');
                        scale *= 10;
                }
        if (n > DIGITS_MAX)
                return -EINVAL;
        *p = s;
        *ret = negative ? -digits / scale : digits / scale;
        return 0;
}

void number_append_scaled(Text *text, double value, double divisor)
{
        char digits[64];

        for (int decimals = 0; decimals <= DIGITS_MAX; decimals++) {
                const char *p = digits;
                double read;

                (void)snprintf(digits, sizeof(digits), "%.*f", decimals, value * divisor);
                if (number_parse(&p, &read) == 0 && read / divisor == value)
                        break;
        }
        text_append(text, digits);
}

void number_append(Text *text, double value)
{
        number_append_scaled(text, value, 1);
}
