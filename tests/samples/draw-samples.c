/* SPDX-License-Identifier: MIT */
#include "portrait.h"

#include <idphoto/idnumber.h>
#include <idphoto/io.h>
#include <photo/encode.h>

#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

/*
 * idphoto-samples DIR: a folder as a teaching point sends it, for demonstrations and tests. Numbers
 * begin with 219999, a county that does not exist.
 */

static const char usage[] =
        "Usage: idphoto-samples DIR [--count N] [--plain N] [--seed N]\n"
        "\n"
        "Draws portraits of people who do not exist into DIR.\n"
        "  --count N   so many good photos, named as staff name them, and a set of\n"
        "              spoilt ones (default 6)\n"
        "  --plain N   instead, N good photos of 480x640 named by their number\n"
        "  --seed N    other people (default 1)\n"
        "  --help      this text\n";

static int write_file(int dir, const char *name, const void *data, size_t size)
{
        _cleanup_close_ int fd =
                openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);

        if (fd < 0)
                return -errno;
        return write_full(fd, data, size);
}

/* ---- numbers ---- */

static void make_number(unsigned index, char number[static ID_NUMBER_SIZE])
{
        /* 28 days, 12 months, 20 years and 999 sequences make six million numbers. */
        unsigned day = index % 28 + 1, month = index / 28 % 12 + 1, year = 1985 + index / 336 % 20;
        unsigned sequence = index / 6720 % 979 + 20;

        (void)snprintf(number, ID_NUMBER_SIZE, "219999%04u%02u%02u%03u", year, month, day,
                       sequence);
        number[17] = id_number_check_character(number);
        number[18] = '\0';
}

/* ---- pictures ---- */

typedef struct Sample {
        const char *name;
        uint32_t width;
        uint32_t height;
} Sample;

static int draw_jpeg(const PortraitWish *wish, uint32_t width, uint32_t height, unsigned quality,
                     Encoded *ret)
{
        _cleanup_raster_ Raster raster = {};
        int r = portrait_draw(wish, width, height, &raster, NULL);

        if (r < 0)
                return r;
        return encode_jpeg(&raster, quality, false, ret);
}

static int write_portrait(int dir, const char *name, uint64_t seed, uint32_t width, uint32_t height)
{
        _cleanup_encoded_ Encoded jpeg = {};
        PortraitWish wish;
        int r;

        portrait_wish_default(seed, &wish);
        r = draw_jpeg(&wish, width, height, 92, &jpeg);
        if (r < 0)
                return r;
        return write_file(dir, name, jpeg.data, jpeg.size);
}

/* As a camera that does not know how it was held. */
static int write_lying(int dir, const char *name, uint64_t seed)
{
        _cleanup_raster_ Raster raster = {}, lying = {};
        _cleanup_encoded_ Encoded jpeg = {};
        PortraitWish wish;
        int r;

        portrait_wish_default(seed, &wish);
        r = portrait_draw(&wish, 900, 1200, &raster, NULL);
        if (r >= 0)
                r = raster_turn(&raster, 8, &lying);
        if (r >= 0)
                r = encode_jpeg(&lying, 92, false, &jpeg);
        return r < 0 ? r : write_file(dir, name, jpeg.data, jpeg.size);
}

/* Too near: no cut helps. */
static int write_near(int dir, const char *name, uint64_t seed)
{
        _cleanup_encoded_ Encoded jpeg = {};
        PortraitWish wish;
        int r;

        portrait_wish_default(seed, &wish);
        wish.zoom = 1.7;
        r = draw_jpeg(&wish, 900, 1200, 92, &jpeg);
        return r < 0 ? r : write_file(dir, name, jpeg.data, jpeg.size);
}

/* ---- a PNG, stored without compression ---- */

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
        uint32_t crc = 0xffffffff;

        for (size_t i = 0; i < size; i++) {
                crc ^= data[i];
                for (int k = 0; k < 8; k++)
                        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
        return ~crc;
}

static void append_be32(Text *out, uint32_t v)
{
        uint8_t bytes[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};

        text_append_data(out, bytes, 4);
}

static void append_chunk(Text *out, const char *type, const void *data, size_t size)
{
        size_t start;

        append_be32(out, (uint32_t)size);
        start = out->size;
        text_append(out, type);
        text_append_data(out, data, size);
        if (out->error == 0)
                append_be32(out, crc32_of((const uint8_t *)out->data + start, size + 4));
}

static int write_png(int dir, const char *name, const Raster *raster)
{
        size_t row = (size_t)raster->width * 3 + 1;
        _cleanup_text_ Text body = {}, png = {};
        uint32_t a = 1, b = 0;

        text_append_data(&body, "\x78\x01", 2);
        for (uint32_t y = 0; y < raster->height; y++) {
                uint8_t header[6] = {y + 1 == raster->height, (uint8_t)row,
                                     (uint8_t)(row >> 8),     (uint8_t)~row,
                                     (uint8_t)(~row >> 8),    0};
                const uint8_t *pixels = raster_at(raster, 0, y);

                text_append_data(&body, header, sizeof(header));
                text_append_data(&body, pixels, row - 1);
                b = (b + a) % 65521;
                for (size_t i = 0; i < row - 1; i++) {
                        a = (a + pixels[i]) % 65521;
                        b = (b + a) % 65521;
                }
        }
        append_be32(&body, b << 16 | a);

        text_append_data(&png, "\x89PNG\r\n\x1a\n", 8);
        {
                _cleanup_text_ Text ihdr = {};

                append_be32(&ihdr, raster->width);
                append_be32(&ihdr, raster->height);
                text_append_data(&ihdr, "\x08\x02\0\0\0", 5);
                if (ihdr.error < 0)
                        return ihdr.error;
                append_chunk(&png, "IHDR", ihdr.data, ihdr.size);
        }
        if (body.error < 0)
                return body.error;
        append_chunk(&png, "IDAT", body.data, body.size);
        append_chunk(&png, "IEND", "", 0);
        if (png.error < 0)
                return png.error;
        return write_file(dir, name, png.data, png.size);
}

/* ---- the two kinds of folder ---- */

/* As staff name them. */
static const Sample good[] = {
        {"219999199001010016.jpg", 1200, 1600},
        {"张三_219999199001010024.jpg", 900, 1200},
        {"21999919900101003 2.JPG", 480, 640},
        {"２１９９９９１９９００１０１００４０.jpg", 900, 1200},
        {"219999-19900101-0059.jpeg", 1200, 1600},
        {"IMG_219999199001010067 李四.jpg", 900, 1200},
        {"219999199001010075(1).jpg", 480, 640},
        {"王五 219999199001010083 毕业照.jpg", 1200, 1600},
        {" 219999199001010091.jpg", 900, 1200},
        {"219999199001010104.JPEG", 960, 1280},
        {"赵六+219999199001010112.jpg", 1200, 1600},
        {"照片219999199001010120 .jpg", 900, 1200},
};

static int write_good(int dir, unsigned count, uint64_t seed)
{
        for (unsigned i = 0; i < count; i++) {
                char name[ID_NUMBER_SIZE + 4], number[ID_NUMBER_SIZE];
                const char *shown = name;
                uint32_t width = 900, height = 1200;
                int r;

                if (i < ELEMENTSOF(good)) {
                        shown = good[i].name;
                        width = good[i].width;
                        height = good[i].height;
                } else {
                        make_number(i, number);
                        (void)snprintf(name, sizeof(name), "%s.jpg", number);
                }
                r = write_portrait(dir, shown, seed + i, width, height);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int write_spoilt(int dir, uint64_t seed)
{
        static const char words[] = "请查收毕业照，谢谢老师！\n";
        _cleanup_encoded_ Encoded jpeg = {};
        _cleanup_raster_ Raster raster = {};
        PortraitWish wish;
        int r;

        portrait_wish_default(seed + 100, &wish);
        r = draw_jpeg(&wish, 900, 1200, 92, &jpeg);
        if (r < 0)
                return r;
        r = portrait_draw(&wish, 480, 640, &raster, NULL);
        if (r < 0)
                return r;
        /* NOLINTBEGIN: one line a file reads best */
        if ((r = write_lying(dir, "219999199001010075 横放.jpg", seed + 101)) < 0 ||
            (r = write_portrait(dir, "219999199001010083 缩略图.jpg", seed + 102, 240, 320)) < 0 ||
            (r = write_near(dir, "219999199001010091 大头照.jpg", seed + 103)) < 0 ||
            (r = write_portrait(dir, "219999199001010017.jpg", seed + 104, 900, 1200)) < 0 ||
            (r = write_portrait(dir, "219999199001010016和219999199001010024.jpg", seed + 105, 900,
                                1200)) < 0 ||
            (r = write_portrait(dir, "IMG_2031.jpg", seed + 106, 900, 1200)) < 0 ||
            (r = write_file(dir, "219999199001010104 说明.jpg", words, strlen(words))) < 0 ||
            (r = write_file(dir, "219999199001010112 没传完.jpg", jpeg.data, jpeg.size / 2)) < 0 ||
            (r = write_file(dir, "219999199001010120 空.jpg", "", 0)) < 0 ||
            (r = write_png(dir, "219999199001010059 截图.jpg", &raster)) < 0)
                return r;
        /* NOLINTEND */
        return 0;
}

static int write_plain(int dir, unsigned count, uint64_t seed)
{
        for (unsigned i = 0; i < count; i++) {
                char name[ID_NUMBER_SIZE + 4], number[ID_NUMBER_SIZE];
                _cleanup_encoded_ Encoded jpeg = {};
                PortraitWish wish;
                int r;

                make_number(i, number);
                (void)snprintf(name, sizeof(name), "%s.jpg", number);
                portrait_wish_default(seed * 1000003 + i, &wish);
                wish.quick = true;
                wish.grain = 3;
                r = draw_jpeg(&wish, 480, 640, 90, &jpeg);
                if (r < 0)
                        return r;
                r = write_file(dir, name, jpeg.data, jpeg.size);
                if (r < 0)
                        return r;
        }
        return 0;
}

static bool parse_count(const char *s, unsigned long max, unsigned long *ret)
{
        char *end;
        unsigned long value;

        errno = 0;
        value = strtoul(s, &end, 10);
        if (errno != 0 || end == s || *end != '\0' || *s == '-' || value > max)
                return false;
        *ret = value;
        return true;
}

int main(int argc, char **argv)
{
        static const struct option options[] = {
                {"count", required_argument, NULL, 'c'},
                {"plain", required_argument, NULL, 'p'},
                {"seed", required_argument, NULL, 's'},
                {"help", no_argument, NULL, 'h'},
                {},
        };
        unsigned long count = 6, plain = 0, seed = 1;
        _cleanup_close_ int dir = -EBADF;
        int option, r;

        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                bool fine = true;

                if (option == 'h') {
                        (void)fputs(usage, stdout);
                        return 0;
                }
                if (option == 'c')
                        fine = parse_count(optarg, 6000000, &count);
                else if (option == 'p')
                        fine = parse_count(optarg, 6000000, &plain);
                else if (option == 's')
                        fine = parse_count(optarg, 1000000000, &seed);
                else
                        return 2;
                if (!fine) {
                        (void)fprintf(stderr, "idphoto-samples: not a number: '%s'\n", optarg);
                        return 2;
                }
        }
        if (argc - optind != 1) {
                (void)fputs(usage, stderr);
                return 2;
        }
        if (mkdir(argv[optind], 0755) < 0 && errno != EEXIST) {
                perror(argv[optind]);
                return 1;
        }
        dir = open(argv[optind], O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        if (dir < 0) {
                perror(argv[optind]);
                return 1;
        }
        if (plain > 0) {
                r = write_plain(dir, (unsigned)plain, seed);
        } else {
                r = write_good(dir, (unsigned)count, seed);
                if (r == 0)
                        r = write_spoilt(dir, seed);
        }
        if (r < 0) {
                (void)fprintf(stderr, "idphoto-samples: %s\n", strerror(-r));
                return 1;
        }
        return 0;
}
