/* SPDX-License-Identifier: MIT */
#include <idphoto/catalogurl.h>
#include <idphoto/message.h>
#include <idphoto/util.h>

#include <ctype.h>
#include <string.h>

/* ---- parts ---- */

static int digit(char c)
{
        return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* Each %XX becomes its byte. The result is at most as long. */
static void decode(const char *from, size_t size, char *to)
{
        for (size_t i = 0; i < size; i++)
                if (from[i] == '%' && i + 2 < size && isxdigit((unsigned char)from[i + 1]) &&
                    isxdigit((unsigned char)from[i + 2])) {
                        *to++ = (char)(digit(from[i + 1]) * 16 + digit(from[i + 2]));
                        i += 2;
                } else
                        *to++ = from[i];
        *to = '\0';
}

/* Of a list of servers: whether each is a socket or this machine's own address. */
static bool all_local(const char *hosts, bool with_ports)
{
        for (;;) {
                size_t size = strcspn(hosts, ","), name = size;

                if (with_ports && *hosts == '[')
                        name = strcspn(hosts, "]") + 1;
                else if (with_ports)
                        name = MIN(size, strcspn(hosts, ":"));
                if (name > 0 && *hosts != '/' && *hosts != '@' &&
                    !(name == 9 && strncmp(hosts, "localhost", 9) == 0) &&
                    !(name > 4 && strncmp(hosts, "127.", 4) == 0 &&
                      strspn(hosts, "0123456789.") == name) &&
                    !(name == 3 && strncmp(hosts, "::1", 3) == 0) &&
                    !(name == 5 && strncmp(hosts, "[::1]", 5) == 0))
                        return false;
                hosts += size;
                if (!*hosts)
                        return true;
                hosts++;
        }
}

typedef struct Url {
        bool local;    /* every server that the URL names */
        bool verified; /* sslmode=verify-full */
        bool password;
        bool elsewhere; /* a file says more */
} Url;

static void take_parameter(const char *name, const char *value, Url *url)
{
        if (strcmp(name, "password") == 0 || strcmp(name, "sslpassword") == 0)
                url->password = true;
        else if (strcmp(name, "service") == 0 || strcmp(name, "servicefile") == 0)
                url->elsewhere = true;
        else if (strcmp(name, "sslmode") == 0)
                url->verified = strcmp(value, "verify-full") == 0;
        else if (strcmp(name, "host") == 0 || strcmp(name, "hostaddr") == 0)
                url->local = url->local && all_local(value, false);
}

/* buffer: as large as the URL */
static void read_parameters(const char *p, char *buffer, Url *url)
{
        while (*p) {
                size_t size = strcspn(p, "&");
                char *value;

                decode(p, size, buffer);
                value = strchr(buffer, '=');
                if (value)
                        *value++ = '\0';
                take_parameter(buffer, value ? value : "", url);
                p += size;
                p += *p == '&';
        }
}

int catalog_url_check(const char *text)
{
        static const char *const schemes[] = {"postgresql://", "postgres://"};
        _cleanup_free_ char *buffer = malloc(strlen(text) + 1);
        Url url = {.local = true};
        const char *at = NULL, *user;
        size_t size;

        if (!buffer)
                return -ENOMEM;
        if (strlen(text) >= CATALOG_URL_SIZE)
                return -ENAMETOOLONG;
        for (size_t i = 0; i < ELEMENTSOF(schemes) && !at; i++)
                if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
                        at = text + strlen(schemes[i]);
        if (!at)
                return -EDESTADDRREQ;
        size = strcspn(at, "/?");
        user = memrchr(at, '@', size);
        if (user) {
                url.password = memchr(at, ':', (size_t)(user - at));
                size -= (size_t)(user + 1 - at);
                at = user + 1;
        }
        decode(at, size, buffer);
        url.local = all_local(buffer, true);
        at += size;
        at += strcspn(at, "?");
        if (*at)
                read_parameters(at + 1, buffer, &url);
        if (url.password)
                return -EKEYREJECTED;
        if (url.elsewhere)
                return -EDESTADDRREQ;
        return url.local || url.verified ? 0 : -ENOKEY;
}

const char *catalog_error(int error, Language language)
{
        switch (-error) {
        case ENAMETOOLONG:
                return MESSAGE(CATALOG_LONG_URL, language);
        case EDESTADDRREQ:
                return MESSAGE(CATALOG_NO_URL, language);
        case EKEYREJECTED:
                return MESSAGE(CATALOG_PASSWORD, language);
        case ENOKEY:
                return MESSAGE(CATALOG_NO_TLS, language);
        case ECONNREFUSED:
                return MESSAGE(CATALOG_NO_SERVER, language);
        case EMEDIUMTYPE:
                return MESSAGE(CATALOG_ENCODING, language);
        case ENODATA:
                return MESSAGE(CATALOG_NO_STORE, language);
        case EPROTONOSUPPORT:
                return MESSAGE(CATALOG_NOT_BUILT, language);
        case EPROTOTYPE:
                return MESSAGE(BLOBS_ALONE, language);
        case EADDRINUSE:
                return MESSAGE(BLOBS_NOT_EMPTY, language);
        case ENOMEDIUM:
                return MESSAGE(BLOBS_ABSENT, language);
        case EREMCHG:
                return MESSAGE(BLOBS_OTHERS, language);
        case ENOLINK:
                return MESSAGE(BLOBS_UNNAMED, language);
        default:
                return message_errno(-error, language);
        }
}
