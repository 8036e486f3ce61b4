/* SPDX-License-Identifier: MIT */
#include "key.h"

#include "measure.h"

#include <assert.h>
#include <string.h>

#define FIELD(field) offsetof(Config, field), sizeof(((Config *)NULL)->field)
#define HELP(en, zh) \
        { \
                [LANGUAGE_EN] = en, [LANGUAGE_ZH] = zh \
        }
#define KIB     1024.0
#define MIB     (1024 * KIB)
#define MILLION 1e6
#define SECOND  1000.0
#define HOUR    (3600 * SECOND)
#define NO_UNIT \
        { \
                "", "" \
        }
#define TEXT_KEY(name, field, en, zh) \
        { \
                CONFIG_SECTION_CENTRE, name, CONFIG_KIND_TEXT, FIELD(field), 0, 0, NO_UNIT, \
                        HELP(en, zh) \
        }

/* One row is one key, its lines in one order. */
/* clang-format off */
static const ConfigKey plain_keys[] = {
        {CONFIG_SECTION_UPLOAD, "delay", CONFIG_KIND_TIME, FIELD(delay_msec), 0, 60 * SECOND,
         NO_UNIT,
         HELP("Time from the last close of a file until it moves to its final name. Programs still\n"
              "touch what they have copied for about half a second.",
              "从文件最后一次关闭到移动（改名）之间的等待时间；复制程序在此期间仍可能改动文件。")},
        {CONFIG_SECTION_UPLOAD, "settle", CONFIG_KIND_TIME, FIELD(settle_msec), 0, HOUR, NO_UNIT,
         HELP("How long a file that looks cut off may stay unchanged before it is rejected.",
              "看似不完整的文件多久没有变化后才驳回。")},
        {CONFIG_SECTION_UPLOAD, "settle-empty", CONFIG_KIND_TIME, FIELD(settle_empty_msec), 0,
         24 * HOUR, NO_UNIT, HELP("The same for an empty file.", "空文件多久没有变化后才驳回。")},
        {CONFIG_SECTION_UPLOAD, "max-open-uploads", CONFIG_KIND_COUNT, FIELD(max_open_uploads), 16,
         65536, NO_UNIT,
         HELP("Files that one user may have open for writing at a point. Above: too many open files.",
              "每个用户在一个教学点同时打开写入的文件数上限。")},
        {CONFIG_SECTION_UPLOAD, "max-temporary-files", CONFIG_KIND_COUNT,
         FIELD(max_temporary_files), 100, MILLION, NO_UNIT,
         HELP("Files that one user may have at a point under names that programs give to files they\n"
              "have not finished. Above: quota exceeded.",
              "每个用户在一个教学点以临时文件名存放的文件数上限。")},
        {CONFIG_SECTION_UPLOAD, "max-open-files", CONFIG_KIND_COUNT, FIELD(max_open_files), 64,
         65536, NO_UNIT,
         HELP("Files and directories that one user may have open at once, for reading or writing; a\n"
              "large page counts for several. Less where the system's limit of open files is low.\n"
              "Above: too many open files.",
              "每个用户同时打开（读或写）的文件和目录数上限；较大的网页按多个计算。系统的打开文件数\n"
              "上限较低时相应减少。")},
        {CONFIG_SECTION_UPLOAD, "max-staged-size", CONFIG_KIND_SIZE, FIELD(max_staged_bytes),
         64 * MIB, 1048576 * MIB, NO_UNIT,
         HELP("Bytes that one point may have sent without a verdict yet. Above: quota exceeded.",
              "每个教学点已上传而尚未检查的文件总字节数上限。")},
        {CONFIG_SECTION_UPLOAD, "workers", CONFIG_KIND_COUNT, FIELD(workers), 0, 256, NO_UNIT,
         HELP("Photos examined at once; 0 is one for each core.",
              "同时检查的照片数，0 表示每个处理器核心一张。")},
        {CONFIG_SECTION_INPUT, "formats", CONFIG_KIND_FORMATS, FIELD(rules.formats), 0, 0, NO_UNIT,
         HELP("Formats that are taken. What is not JPEG is converted. A format that is left out is\n"
              "rejected, with the way to a JPEG. The default is all that the program was built with.",
              "可接收的图片格式，非 JPEG 的自动转换；未列出的格式予以驳回并说明如何得到 JPEG。默认为\n"
              "程序编译时包含的全部格式。")},
        {CONFIG_SECTION_INPUT, "max-file-size", CONFIG_KIND_SIZE, FIELD(rules.max_file_bytes), MIB,
         256 * MIB, NO_UNIT, HELP("Largest file that is taken.", "可接收的最大文件。")},
        {CONFIG_SECTION_INPUT, "max-pixels", CONFIG_KIND_COUNT, FIELD(rules.max_pixels), MILLION,
         500 * MILLION, NO_UNIT,
         HELP("Most pixels of a photo, width times height.", "照片像素总数（宽×高）的上限。")},
        {CONFIG_SECTION_INPUT, "max-scans", CONFIG_KIND_COUNT, FIELD(rules.max_scans), 1, 1000,
         NO_UNIT,
         HELP("Most scans of a progressive JPEG. Programs write about ten.",
              "渐进式 JPEG 的扫描次数上限，一般约为 10。")},
        {CONFIG_SECTION_INPUT, "max-scan-pixels", CONFIG_KIND_COUNT, FIELD(rules.max_scan_pixels),
         MILLION, 100000 * MILLION, NO_UNIT,
         HELP("Most scans times pixels of a progressive JPEG; bounds the time that one can take.",
              "渐进式 JPEG 的扫描次数×像素数上限，用于限制处理时间。")},
        {CONFIG_SECTION_INPUT, "max-memory", CONFIG_KIND_SIZE, FIELD(rules.max_memory_bytes),
         32 * MIB, 4096 * MIB, NO_UNIT,
         HELP("Memory that one examination may take besides the file.",
              "检查一张照片可使用的内存（不含文件本身）。")},
        {CONFIG_SECTION_INPUT, "max-time", CONFIG_KIND_TIME, FIELD(max_time_msec), SECOND,
         600 * SECOND, NO_UNIT,
         HELP("How much time of a core one examination may take; on a busy machine it may last\n"
              "ten times as long. Photos that take so long keep others waiting.",
              "检查一张照片最多可用的处理器时间；机器繁忙时，实际用时最多可为其十倍。\n用时长的照片占用检查进程，其他照片需等待。")},
        {CONFIG_SECTION_INPUT, "max-list-memory", CONFIG_KIND_SIZE, FIELD(list_memory_bytes),
         128 * MIB, 65536 * MIB, NO_UNIT,
         HELP("Memory that the reading of a roster or a progress list may take.",
              "读取一份名册或进度表可使用的内存。")},
        {CONFIG_SECTION_INPUT, "max-list-time", CONFIG_KIND_TIME, FIELD(list_time_msec), SECOND,
         3600 * SECOND, NO_UNIT,
         HELP("How long the reading of a roster or a progress list may take.",
              "读取一份名册或进度表允许的最长时间。")},
        {CONFIG_SECTION_INPUT, "max-archive-size", CONFIG_KIND_SIZE, FIELD(max_archive_bytes), MIB,
         65536 * MIB, NO_UNIT,
         HELP("Largest archive that is taken: zip, 7z, rar or tar. It is unpacked by itself.",
              "可接收的最大压缩包（zip、7z、rar、tar），压缩包自动解压。")},
        {CONFIG_SECTION_INPUT, "max-archive-files", CONFIG_KIND_COUNT, FIELD(max_archive_files), 1,
         100000, NO_UNIT,
         HELP("Most files in an archive. One with more is rejected as a whole.",
              "一个压缩包内的文件数上限；超过时整个压缩包驳回。")},
        {CONFIG_SECTION_INPUT, "max-archive-content", CONFIG_KIND_SIZE, FIELD(max_archive_content),
         MIB, 1048576 * MIB, NO_UNIT,
         HELP("Bytes of all files in an archive. One with more is rejected as a whole.",
              "一个压缩包解压后的总字节数上限；超过时整个压缩包驳回。")},
        {CONFIG_SECTION_INPUT, "max-archive-memory", CONFIG_KIND_SIZE, FIELD(archive_memory_bytes),
         64 * MIB, 65536 * MIB, NO_UNIT,
         HELP("Memory that the unpacking of an archive may take. 7z and rar files say themselves how\n"
              "much they need, often 64 MiB.",
              "解压一个压缩包可使用的内存；7z、rar 所需内存由压缩时的设置决定，常为 64 MiB。")},
        {CONFIG_SECTION_INPUT, "max-archive-time", CONFIG_KIND_TIME, FIELD(archive_time_msec),
         SECOND, 3600 * SECOND, NO_UNIT,
         HELP("How long the unpacking of an archive may take.", "解压一个压缩包允许的最长时间。")},
        {CONFIG_SECTION_INPUT, "aspect-error", CONFIG_KIND_PERCENT, FIELD(rules.max_aspect_error),
         0, 10, NO_UNIT,
         HELP("How far the ratio of width to height may be from 3:4. The rest is cropped, never\n"
              "stretched.",
              "宽高比与 3:4 的允许偏差；多余部分裁去，绝不拉伸。")},
        {CONFIG_SECTION_OUTPUT, "min-quality", CONFIG_KIND_COUNT, FIELD(rules.output_quality_min),
         60, 95, NO_UNIT,
         HELP("Lowest JPEG quality of a finished photo. The standard asks for 60.",
              "成品照片的最低 JPEG 质量，标准要求不低于 60。")},
        {CONFIG_SECTION_OUTPUT, "min-size", CONFIG_KIND_SIZE, FIELD(rules.output_bytes_min), KIB,
         1024 * KIB, NO_UNIT,
         HELP("Smallest finished photo. The defaults lie inside both readings of \"20KB-40KB\".",
              "成品照片的最小字节数；默认值同时满足“20KB-40KB”的两种算法（1000 与 1024）。")},
        {CONFIG_SECTION_OUTPUT, "max-size", CONFIG_KIND_SIZE, FIELD(rules.output_bytes_max), KIB,
         1024 * KIB, NO_UNIT,
         HELP("Largest finished photo. It gets the best quality that fits.",
              "成品照片的最大字节数；在此范围内取最高质量。")},
        {CONFIG_SECTION_PICTURE, "framing", CONFIG_KIND_FRAMING, FIELD(rules.framing), 0, 0,
         NO_UNIT,
         HELP("What is done with a picture of one person in which the head is too large, too small or\n"
              "in the wrong place, or which is not 3:4. With 'auto' the photo is cut out of it so that\n"
              "head and eyes are where the standard wants them, where the picture has the room and\n"
              "the pixels for that; 'check' rejects it.",
              "头部过大、过小、位置不对，或照片宽高比不是 3:4 时如何处理。auto：画面余地和像素足够时，\n"
              "自动裁剪，使头部和眼睛处于标准规定的位置；check：只检查，不合格即驳回。")},
        {CONFIG_SECTION_PICTURE, "backdrops", CONFIG_KIND_COLOURS, 0, 0, 0, 0, NO_UNIT,
         HELP("Allowed colours of the backdrop, sRGB. The default is the standard's blue, white and\n"
              "light grey.",
              "允许的背景颜色（sRGB）；默认为标准规定的蓝、白、浅灰。")},
        {CONFIG_SECTION_BATCH, "deadline", CONFIG_KIND_DATE, FIELD(deadline), 0, 0, NO_UNIT,
         HELP("Last day on which photos of the batch are accepted. STATUS.txt counts down to it.",
              "本批次收照片的最后一天，状态文件据此倒计时。")},
        {CONFIG_SECTION_BATCH, "holidays", CONFIG_KIND_TEXT, FIELD(holidays), 0, 0, NO_UNIT,
         HELP("Calendar file with holidays and make-up days, relative to the store. Its lines are\n"
              "such as '2025-10-01..2025-10-08 holiday' and '2025-09-28 workday'. Without one every\n"
              "Monday to Friday is a working day.",
              "节假日与调休日历文件，路径相对于数据目录；每行如 2025-10-01..2025-10-08 holiday 或\n"
              "2025-09-28 workday。不设置时周一至周五均为工作日。")},
        {CONFIG_SECTION_BATCH, "check-days", CONFIG_KIND_COUNT, FIELD(check_days), 1, 250, NO_UNIT,
         HELP("Working days that students have for their own check on the register, once they have\n"
              "the paper photo. STATUS.txt names those who are late.",
              "学生收到纸质照片后，登录学信网核对的期限（工作日）；状态文件列出逾期者。")},
        {CONFIG_SECTION_BATCH, "paper-days", CONFIG_KIND_COUNT, FIELD(paper_days), 1, 250, NO_UNIT,
         HELP("Working days from the final review until the paper photo should have arrived.",
              "终审通过后收到纸质照片的期限（工作日）。")},
        TEXT_KEY("address", centre.address, "Address.", "地址。"),
        TEXT_KEY("hours", centre.hours, "When it is open.", "开放时间。"),
        TEXT_KEY("telephone", centre.telephone, "Telephone.", "电话。"),
        TEXT_KEY("fee", centre.fee, "What a photo costs there.", "拍摄费用。"),
        {CONFIG_SECTION_OFFICE, "office-group", CONFIG_KIND_TEXT, FIELD(office_group), 0, 0,
         NO_UNIT,
         HELP("Group of the system whose members may enter OFFICE/. Without one, the group that\n"
              "idphotofs runs as.",
              "可以进入“校本部”目录的系统用户组；不填则为 idphotofs 运行时所属的用户组。")},
        {CONFIG_SECTION_POINTS, "group", CONFIG_KIND_TEXT, FIELD(point_group), 0, 0, NO_UNIT,
         HELP("Group of the system that the directory of a new teaching point belongs to if no other\n"
              "is given; also of points that a roster import makes. Without one, the group of the\n"
              "store, which is root's if root made the store.",
              "新教学点目录所属的系统用户组（包括导入名册时新建的教学点），除非另行指定；不填则为数据\n"
              "目录的用户组，由 root 新建的数据目录即为 root 组。")},
        {CONFIG_SECTION_STORE, "catalog", CONFIG_KIND_CATALOG, FIELD(catalog), 0, 0, NO_UNIT,
         HELP("URL of a PostgreSQL database that has the catalog, as libpq takes it. It holds no\n"
              "password, and on another machine it needs sslmode=verify-full. Without one, the\n"
              "catalog is a file of the store. 'idphotoctl init' and 'idphotoctl attach' write it.",
              "存放目录数据库的 PostgreSQL 网址（libpq 格式）。其中不得有密码；数据库在另一台机器上时\n"
              "须有 sslmode=verify-full。不填则目录数据库为数据目录中的文件。由 idphotoctl init 和\n"
              "idphotoctl attach 写入。")},
        {CONFIG_SECTION_STORE, "blobs", CONFIG_KIND_DIRECTORY, FIELD(blobs), 0, 0, NO_UNIT,
         HELP("Directory that has the originals and photos, on a filesystem that several machines\n"
              "share. Only with 'catalog'. Without one they are in the store. 'idphotoctl init' and\n"
              "'idphotoctl attach' write it.",
              "存放原图和照片的目录，位于多台机器共享的文件系统上；仅与 catalog 同时使用。不填则存放在\n"
              "数据目录中。由 idphotoctl init 和 idphotoctl attach 写入。")},
        {CONFIG_SECTION_STORE, "gateway", CONFIG_KIND_NAME, FIELD(gateway), 0, 0, NO_UNIT,
         HELP("Name of this machine among those that use the store; no two have the same. Without\n"
              "one, the name of the host.",
              "本机在使用同一数据的各台机器中的名称，不得重复；不填则为主机名。")},
        {CONFIG_SECTION_STORE, "patience", CONFIG_KIND_TIME, FIELD(patience_msec), SECOND, HOUR,
         NO_UNIT,
         HELP("How long what a client does waits for a catalog on a server that does not answer, such\n"
              "as while a standby takes over. Then the client is told of an input/output error.",
              "目录数据库服务器没有响应时（例如备用服务器正在接管），客户端操作最多等待多久；\n"
              "超过后报告输入/输出错误。")},
};
/* clang-format on */

static const struct {
        const char *name;
        const char *help[_LANGUAGE_MAX];
} sections[_CONFIG_SECTION_MAX] = {
        [CONFIG_SECTION_UPLOAD] =
                {"upload",
                 HELP("How files are taken in. Options given with idphotofs -o override these.",
                      "接收文件。idphotofs 的 -o 选项优先于此处。")},
        [CONFIG_SECTION_INPUT] = {"input", HELP("What photos and lists may be sent.",
                                                "可提交的照片和名单。")},
        [CONFIG_SECTION_OUTPUT] =
                {"output", HELP("The finished photo. It is always 480 x 640 at 300 dpi, sRGB.",
                                "成品照片，始终为 480×640、300 dpi、sRGB。")},
        [CONFIG_SECTION_PICTURE] =
                {"picture",
                 HELP("Checks of the picture. Each measures a value and has up to two ranges:\n"
                      "outside 'reject' the photo is rejected, outside 'warn' a reviewer should look.\n"
                      "A range is LEAST..MOST, and either may be left out. A range that is not given\n"
                      "is not checked; 'off' checks nothing; 'warn-only' warns where the default\n"
                      "would reject.",
                      "画面检查。每项测得一个数值，可设两个范围：超出 reject 驳回，超出 warn 提醒审核人员。\n"
                      "范围写作“最小..最大”，两端均可省略；未写的范围不检查；off 表示不检查该项；\n"
                      "warn-only 表示默认会驳回的只提醒。")},
        [CONFIG_SECTION_BATCH] = {"batch", HELP("The batch.", "毕业批次。")},
        [CONFIG_SECTION_CENTRE] =
                {"centre",
                 HELP("The on-site centre, where students may have their photo taken. Texts are shown\n"
                      "as they are written here.",
                      "现场采集点，学生可前往现场拍摄；文字原样显示。")},
        [CONFIG_SECTION_OFFICE] = {"office", HELP("The head office.", "省校。")},
        [CONFIG_SECTION_STORE] = {"store", HELP("Where the store is.", "数据的存放位置。")},
        [CONFIG_SECTION_POINTS] = {"points", HELP("New teaching points.", "新建的教学点。")},
};

static_assert(ELEMENTSOF(plain_keys) == CONFIG_KEYS_PLAIN, "the table has as many rows");

/* The measures stand behind the backdrops, in their section. */
static int first_measure(void)
{
        int i = 0;

        while (plain_keys[i].kind != CONFIG_KIND_COLOURS)
                i++;
        return i + 1;
}

void config_key_get(int index, ConfigKey *ret)
{
        const int first = first_measure();
        int measure = index - first;

        assert(index >= 0 && index < CONFIG_KEYS);
        if (measure < 0)
                *ret = plain_keys[index];
        else if (measure >= _PHOTO_MEASURE_MAX)
                *ret = plain_keys[index - _PHOTO_MEASURE_MAX];
        else {
                static const MeasureNote unknown = {-1e6, 1e6, NO_UNIT, HELP("", "")};
                const MeasureNote *note =
                        measure_notes[measure].help[0] ? &measure_notes[measure] : &unknown;

                *ret = (ConfigKey){
                        .section = CONFIG_SECTION_PICTURE,
                        .name = photo_measure_to_string((PhotoMeasure)measure),
                        .kind = CONFIG_KIND_BAND,
                        .offset =
                                offsetof(Config, rules.bands) + (size_t)measure * sizeof(PhotoBand),
                        .width = sizeof(PhotoBand),
                        .min = note->min,
                        .max = note->max,
                        .unit = {note->unit[LANGUAGE_EN], note->unit[LANGUAGE_ZH]},
                        .help = {note->help[LANGUAGE_EN], note->help[LANGUAGE_ZH]},
                };
        }
}

int config_key_find(const char *name)
{
        ConfigKey key;

        for (int i = 0; i < CONFIG_KEYS; i++) {
                config_key_get(i, &key);
                if (strcmp(key.name, name) == 0)
                        return i;
        }
        return -ENOENT;
}

bool config_key_is_rule(const ConfigKey *key)
{
        switch (key->section) {
        case CONFIG_SECTION_INPUT:
                /* These are of lists. */
                return key->offset != offsetof(Config, list_memory_bytes) &&
                       key->offset != offsetof(Config, list_time_msec);
        case CONFIG_SECTION_OUTPUT:
        case CONFIG_SECTION_PICTURE:
                return true;
        default:
                return false;
        }
}

const char *config_section_to_string(ConfigSection section)
{
        return section >= 0 && section < _CONFIG_SECTION_MAX ? sections[section].name : NULL;
}

ConfigSection config_section_from_string(const char *s)
{
        for (int i = 0; i < _CONFIG_SECTION_MAX; i++)
                if (strcmp(sections[i].name, s) == 0)
                        return (ConfigSection)i;
        return _CONFIG_SECTION_INVALID;
}

const char *config_section_help(ConfigSection section, Language language)
{
        return sections[section].help[language];
}
