/* SPDX-License-Identifier: MIT */
#include "command.h"

#define BATCH_OPTION \
        { \
                .name = "batch", .argument = "BATCH", \
                .help = {"of this batch (default: the one in use)", "指定批次（默认当前批次）"}, \
        }
static const CommandOption audit_list_options[] = {
        {.name = "since",
         .argument = "DATE",
         .help = {"from this day on, such as 2026-03-01", "从该日起，如 2026-03-01"}},
        {.name = "limit", .argument = "N", .help = {"the newest N only", "只列最新的 N 条"}},
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {.name = "csv", .help = {"comma-separated values", "输出 CSV"}},
        {},
};

static const CommandOption check_options[] = {
        {.name = "json",
         .help = {"one JSON object instead of a report for people", "输出 JSON 对象，而不是报告"}},
        {.name = "write",
         .argument = "DIR",
         .help = {"write the finished photos into DIR", "把合格的成品照片写入 DIR"}},
        {.name = "centre",
         .argument = "DIR",
         .help = {"write the collection centre's renditions into DIR",
                  "把采集中心用的照片（60–500 KB）写入 DIR"}},
        {.name = "name",
         .help = {"also tell what the file name says", "同时说明文件名中的证件号码"}},
        {.name = "jobs",
         .argument = "N",
         .help = {"photos examined at once (default: one for each core)",
                  "同时检查的照片数（默认每核一张）"}},
        {.name = "config",
         .argument = "FILE",
         .help = {"judge by this configuration (default: the store's)",
                  "按此配置文件检查（默认用数据目录中的）"}},
        {},
};

static const CommandOption import_options[] = {
        {.name = "actor",
         .argument = "UID",
         .help = {"record as done by this user; only for root", "记录为该用户所做（仅限 root）"}},
        BATCH_OPTION,
        {},
};

static const CommandOption init_options[] = {
        {.name = "batch", .argument = "NAME", .help = {"name of the batch", "毕业批次名称"}},
        {.name = "blobs",
         .argument = "DIR",
         .help = {"empty directory for the photos, of several machines; with URL",
                  "存放照片的空目录，由多台机器共享；须同时给出网址"}},
        {},
};

static const CommandOption attach_options[] = {
        {.name = "blobs",
         .argument = "DIR",
         .help = {"directory that has the photos", "存放照片的目录"}},
        {},
};

static const CommandOption point_add_options[] = {
        {.name = "owner",
         .argument = "USER",
         .help = {"user that the point's directory belongs to", "目录所属用户"}},
        {.name = "group",
         .argument = "GROUP",
         .help = {"group that the point's directory belongs to", "目录所属用户组"}},
        {.name = "mode", .argument = "MODE", .help = {"its mode, in octal", "目录权限（八进制）"}},
        {},
};

#define DRY_RUN_OPTION \
        { \
                .name = "dry-run", .help = {"only say what would be done", "只报告，不作改动"}, \
        }
static const CommandOption point_set_options[] = {
        DRY_RUN_OPTION,
        {.name = "group",
         .argument = "GROUP",
         .help = {"group that the point's directory belongs to", "目录所属用户组"}},
        {.name = "mode", .argument = "MODE", .help = {"its mode, in octal", "目录权限（八进制）"}},
        {.name = "owner",
         .argument = "USER",
         .help = {"user that the point's directory belongs to", "目录所属用户"}},
        {},
};

static const CommandOption point_change_options[] = {
        DRY_RUN_OPTION,
        {},
};

static const CommandOption student_options[] = {
        BATCH_OPTION,
        DRY_RUN_OPTION,
        {.name = "point", .argument = "POINT", .help = {"of this teaching point", "指定教学点"}},
        {},
};

static const CommandOption student_move_options[] = {
        BATCH_OPTION,
        DRY_RUN_OPTION,
        {.name = "point", .argument = "POINT", .help = {"of this teaching point", "指定教学点"}},
        {.name = "to", .argument = "POINT", .help = {"to this teaching point", "转到该教学点"}},
        {},
};

static const CommandOption gateway_list_options[] = {
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {},
};

static const CommandOption history_options[] = {
        {.name = "batch",
         .argument = "BATCH",
         .help = {"of this batch only (default: of all)", "只看该批次（默认全部批次）"}},
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {},
};

static const CommandOption export_options[] = {
        BATCH_OPTION,
        {.name = "centre",
         .help = {"with the collection centre's renditions, 60 to 500 KB",
                  "同时导出采集中心用的照片（60–500 KB）"}},
        {.name = "zip",
         .argument = "FILE",
         .help = {"write a zip file instead of a folder", "写成一个 zip 文件，而不是文件夹"}},
        {},
};

static const CommandOption list_options[] = {
        BATCH_OPTION,
        {.name = "point", .argument = "POINT", .help = {"of this teaching point", "指定教学点"}},
        {.name = "state",
         .argument = "STATE",
         .help = {"missing, rejected, pending, approved or final",
                  "状态：missing、rejected、pending、approved 或 final"}},
        {.name = "reason",
         .argument = "CODE",
         .help = {"rejected or warned for this reason, such as blur", "驳回或提醒的原因，如 blur"}},
        {.name = "warned", .help = {"whose photo has warnings", "只列现有照片有注意事项的学生"}},
        {.name = "sort",
         .argument = "ORDER",
         .help = {"by warnings, name, id, state or changed",
                  "排序：warnings、name、id、state 或 changed"}},
        {.name = "limit", .argument = "N", .help = {"the first N only", "只列前 N 名"}},
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {.name = "csv", .help = {"plain CSV for programs", "输出供程序读取的 CSV"}},
        {},
};

static const CommandOption page_options[] = {
        BATCH_OPTION,
        {.name = "embed", .help = {"put the photos into the page", "把照片嵌入网页"}},
        {},
};

#define NAMES_OPTION \
        { \
                .name = "names", .help = {"only the names, one per line", "只列名称，每行一个"}, \
        }
static const CommandOption batch_list_options[] = {
        NAMES_OPTION,
        {},
};

static const CommandOption point_list_options[] = {
        BATCH_OPTION,
        NAMES_OPTION,
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {.name = "csv",
         .help = {"the columns of the root's status.csv", "输出与总表 status.csv 相同的列"}},
        {},
};

static const CommandOption review_options[] = {
        BATCH_OPTION,
        {.name = "point", .argument = "POINT", .help = {"of this teaching point", "指定教学点"}},
        {},
};

static const CommandOption review_reject_options[] = {
        BATCH_OPTION,
        {.name = "note",
         .argument = "TEXT",
         .help = {"the reviewer's own words, shown to the point", "审核说明，教学点会看到"}},
        {.name = "point", .argument = "POINT", .help = {"of this teaching point", "指定教学点"}},
        {.name = "reason",
         .argument = "REASON",
         .help = {"the reason's code; see 'review reasons'", "驳回原因的代码，见 review reasons"}},
        {},
};

static const CommandOption progress_import_options[] = {
        BATCH_OPTION,
        {.name = "dry-run", .help = {"only say what would be done", "只报告，不作改动"}},
        {.name = "json", .help = {"the report as a JSON object", "以 JSON 输出报告"}},
        {},
};

static const CommandOption purge_options[] = {
        {.name = "days",
         .argument = "N",
         .help = {"older than N days (default: 30)", "早于 N 天的（默认 30）"}},
        {.name = "batch",
         .argument = "BATCH",
         .help = {"everything of this closed batch, names and numbers too",
                  "该已关闭批次的全部数据，含姓名和证件号码"}},
        {.name = "dry-run", .help = {"only say what would be erased", "只报告，不作改动"}},
        {},
};

static const CommandOption roster_import_options[] = {
        BATCH_OPTION,
        {.name = "point",
         .argument = "POINT",
         .help = {"for files without a column 教学点", "没有“教学点”列的文件属于该教学点"}},
        {.name = "prune",
         .help = {"remove students who are no longer listed", "移除名册中已没有的学生"}},
        {.name = "dry-run", .help = {"only say what would be done", "只报告，不作改动"}},
        {.name = "group",
         .argument = "GROUP",
         .help = {"group that new points belong to", "新教学点目录所属用户组"}},
        {.name = "owner",
         .argument = "USER",
         .help = {"user that new points belong to", "新教学点目录所属用户"}},
        {.name = "mode",
         .argument = "MODE",
         .help = {"mode of new points, in octal", "新教学点目录权限（八进制）"}},
        {},
};

static const CommandOption status_options[] = {
        BATCH_OPTION,
        {.name = "json", .help = {"the counts as a JSON object", "以 JSON 输出各项数目"}},
        {.name = "watch", .help = {"show it again whenever it changes", "有变化时重新显示"}},
        {.name = "interval",
         .argument = "SECONDS",
         .help = {"with --watch, how often to look (default: 2)",
                  "与 --watch 同用，检查变化的间隔秒数（默认 2）"}},
        {},
};

static const CommandOption wait_options[] = {
        {.name = "timeout",
         .argument = "TIME",
         .help = {"give up after that time, such as 30s or 5min", "最长等待时间，如 30s 或 5min"}},
        {},
};

static const CommandOption backup_options[] = {
        {.name = "check", .help = {"read again what was copied before", "重新校验以前备份的文件"}},
        {},
};

static const CommandOption verify_options[] = {
        {.name = "repair", .help = {"put right what can be", "修复能修复的问题"}},
        {.name = "json", .help = {"a JSON array", "输出 JSON 数组"}},
        {},
};

/* In the order of the alphabet, which is the order of the help. */
const Command idphotoctl_commands[] = {
        {.name = "attach",
         .arguments = "STORE URL",
         .min_arguments = 2,
         .max_arguments = 2,
         .summary = {"use a store whose catalog is on a server", "连接目录数据库在服务器上的数据"},
         .notes =
                 {"STORE is a new directory of this machine. The store's key, the file audit.key of\n"
                  "the machine that made it, is read from standard input.\n",
                  "STORE 为本机上新建的文件夹。密钥（建立数据的机器上的 audit.key 文件）从标准\n"
                  "输入读取。\n"},
         .options = attach_options,
         .run = command_attach},
        {.name = "audit list",
         .arguments = "",
         .needs_store = true,
         .summary = {"list who did what, and when", "列出操作记录"},
         .notes =
                 {"It shows persons as keyed hashes of their ID numbers, the same person always by\n"
                  "the same hash; 'idphotoctl history' shows what happened to one student.\n",
                  "人员以证件号码的加密代号表示，同一人的代号相同；某个学生的经过见\n"
                  "“idphotoctl history”。\n"},
         .options = audit_list_options,
         .run = command_audit_list},
        {.name = "audit verify",
         .arguments = "",
         .needs_store = true,
         .summary = {"prove that nobody changed the log", "验证操作记录未被改动"},
         .notes = {"Exit status: 0 the log is intact, 1 it was changed, 2 it cannot be read.\n",
                   "退出状态：0 记录完整，1 记录被改动，2 无法读取。\n"},
         .run = command_audit_verify},
        {.name = "backup",
         .arguments = "DIR",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"copy the store into a directory, while drops go on", "在线备份数据目录"},
         .notes = {"A second backup into the same directory copies only what is new, and removes\n"
                   "what was purged. The key of the audit log is in it: keep it as safe as the\n"
                   "store.\n"
                   "Exit status: 0 done, 1 done without files that were damaged (see 'verify'),\n"
                   "2 failed.\n",
                   "再次备份到同一目录时只复制新文件，并删除已清除的文件。备份中含操作记录的\n"
                   "密钥，请与数据目录同样妥善保管。\n"
                   "退出状态：0 完成，1 完成但略过了损坏的文件（见“verify”），2 失败。\n"},
         .options = backup_options,
         .run = command_backup},
        {.name = "batch add",
         .arguments = "NAME",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"add a batch", "添加毕业批次"},
         .run = command_batch_add},
        {.name = "batch close",
         .arguments = "BATCH",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"close a batch: nothing in it changes any more", "关闭批次，不再接受更改"},
         .notes =
                 {"It can still be mounted and read; every change fails with \"Read-only file\n"
                  "system\". Photos that were sent before are still judged.\n",
                  "挂载后只能读取，任何更改都会失败（“只读文件系统”）。此前提交的照片仍会检查完。\n"},
         .run = command_batch_close},
        {.name = "batch list",
         .arguments = "",
         .needs_store = true,
         .summary = {"list the batches", "列出毕业批次"},
         .options = batch_list_options,
         .run = command_batch_list},
        {.name = "batch reopen",
         .arguments = "BATCH",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"open a closed batch again", "重新开放已关闭的批次"},
         .run = command_batch_reopen},
        {.name = "batch use",
         .arguments = "BATCH",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"choose the batch that is mounted", "选择挂载和操作的批次"},
         .notes = {"Unmount the store first. To mount another batch just once, use\n"
                   "'idphotofs -o batch=NAME'.\n",
                   "须先卸载。只想临时挂载其他批次时用“idphotofs -o batch=NAME”。\n"},
         .run = command_batch_use},
        {.name = "check",
         .arguments = "FILE|DIR...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .summary = {"judge photos; needs no store", "检查照片，不需要数据目录"},
         .notes =
                 {"Given a folder, it judges all files beneath it, in the order of their names,\n"
                  "without litter of operating systems and unfinished files. After several photos\n"
                  "a last line counts them.\n"
                  "A finished photo has the name of its file, with the suffix .jpg; an existing\n"
                  "file is never overwritten.\n"
                  "The centre's rendition is the same picture with 60 to 500 KB; a very smooth\n"
                  "picture cannot be made that large.\n"
                  "Exit status: 0 all photos accepted, 1 some rejected or without the rendition\n"
                  "asked for, 2 unusable arguments, or a file that could not be read, examined or\n"
                  "written.\n",
                  "指定文件夹时按名称顺序检查其中（含下级文件夹）的全部文件，略过系统自动生成的文件\n"
                  "和未传完的文件。检查多张照片时最后一行为汇总。\n"
                  "成品照片沿用原文件名，扩展名为 .jpg；不会覆盖已有的文件。采集中心用的照片是同\n"
                  "一画面的 60–500 KB 版本；画面过于平滑时达不到该大小。\n"
                  "退出状态：0 全部合格，1 有照片不合格或无法生成采集中心用的照片，2 参数错误或\n"
                  "文件无法读写、检查。\n"},
         .options = check_options,
         .run = command_check},
        {.name = "config check",
         .arguments = "[FILE]",
         .max_arguments = 1,
         .summary = {"check a configuration for mistakes", "检查配置文件是否正确"},
         .notes =
                 {"Without FILE, checks idphotofs.conf in the store. A store without that file uses\n"
                  "the defaults.\n"
                  "Exit status: 0 no mistakes, 2 mistakes, or it cannot be read.\n",
                  "不指定文件时检查数据目录中的 idphotofs.conf；没有该文件则使用默认值。\n"
                  "退出状态：0 正确，2 有错误或无法读取。\n"},
         .run = command_config_check},
        {.name = "config show",
         .arguments = "[FILE]",
         .max_arguments = 1,
         .summary = {"show every setting, what it does and takes", "显示全部设置及说明"},
         .notes =
                 {"Without FILE, shows those of the store; without a store, the defaults. The\n"
                  "output is itself a configuration file; settings at their default are commented\n"
                  "out.\n",
                  "不指定文件时显示数据目录的设置，没有数据目录时显示默认设置。输出本身就是\n"
                  "一个配置文件，其中等于默认值的设置为注释。\n"},
         .run = command_config_show},
        {.name = "export",
         .arguments = "[DIR]",
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"export the approved photos", "导出审核通过的照片"},
         .notes =
                 {"Writes platform/ID.jpg, with --centre also centre/ID.jpg, manifest.csv and\n"
                  "SHA256SUMS, into DIR or into a zip file. Files that are in DIR already are\n"
                  "not written again, so the same command continues an interrupted export.\n"
                  "Exit status: 0 exported, 1 exported, but some renditions could not be made, or\n"
                  "DIR holds files that are not part of this export, 2 unusable arguments or\n"
                  "store, or a file could not be read or written.\n",
                  "写入 platform/证件号码.jpg（加 --centre 时还有 centre/证件号码.jpg）、清单和\n"
                  "SHA256SUMS。目录中已有的文件不会重写，中断后用同一命令继续即可。\n"
                  "退出状态：0 已导出，1 已导出，但有采集中心照片无法生成，或目录中有多余的\n"
                  "文件，2 参数或数据目录不可用，或无法读写。\n"},
         .options = export_options,
         .run = command_export},
        {.name = "gateway list",
         .arguments = "",
         .needs_store = true,
         .summary = {"list the machines that serve the store", "列出使用此数据的各台机器（网关）"},
         .notes = {"A lease is renewed every other second. A gateway whose lease is over is gone;\n"
                   "another one goes on with its files. See idphotofs-gateways(7).\n",
                   "租期每两秒续一次；租期已过的网关视为失联，其文件由其他网关接手。见\n"
                   "idphotofs-gateways(7)。\n"},
         .options = gateway_list_options,
         .run = command_gateway_list},
        {.name = "help",
         .arguments = "[COMMAND...]",
         .max_arguments = 2,
         .summary = {"show the help of a command, or of all", "显示某个命令或全部命令的帮助"},
         .notes =
                 {"'help point add' shows the same as 'point add --help'; 'help point' lists the\n"
                  "commands that begin with that word.\n",
                  "“help point add”与“point add --help”相同；“help point”列出以该词开头的命令。\n"},
         .run = command_help},
        {.name = "history",
         .arguments = "NUMBER",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"show everything that happened to a student", "显示某个学生的全部经过"},
         .notes = {"NUMBER is an ID number or a student number.\n", "NUMBER 为身份证号或学号。\n"},
         .options = history_options,
         .run = command_history},
        {.name = "import",
         .arguments = "FILE...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"import a roster or a progress list", "导入名册或进度表（自动识别）"},
         .notes = {"The headings of a file tell which of the two it is. The mount runs this for\n"
                   "files that are dropped into OFFICE/import.\n"
                   "Exit status: 0 all imported, 1 not all of it, 2 unusable arguments, files or\n"
                   "store.\n",
                   "按表头自动识别是名册还是进度表。放入“校本部/导入”的文件也由此命令导入。\n"
                   "退出状态：0 全部导入，1 部分未导入，2 参数、文件或数据目录不可用。\n"},
         .options = import_options,
         .run = command_import},
        {.name = "init",
         .arguments = "STORE [URL]",
         .min_arguments = 1,
         .max_arguments = 2,
         .summary = {"make a new store", "新建数据目录"},
         .notes = {"With a URL of an empty PostgreSQL database the catalog is there: see\n"
                   "idphotofs-gateways(7).\n",
                   "给出 PostgreSQL 空数据库的网址时，目录数据库建在其中，见\n"
                   "idphotofs-gateways(7)。\n"},
         .options = init_options,
         .run = command_init},
        {.name = "list",
         .arguments = "",
         .needs_store = true,
         .summary = {"list students with their states and reasons", "列出学生及其状态、驳回原因"},
         .options = list_options,
         .run = command_list},
        {.name = "page",
         .arguments = "POINT FILE",
         .min_arguments = 2,
         .max_arguments = 2,
         .needs_store = true,
         .summary = {"write a point's overview as a page", "导出教学点的总览网页"},
         .notes = {"It is the same page as index.html in the mount. It shows the photos that lie\n"
                   "beside it; with --embed it contains them and can be carried away as one file.\n"
                   "An existing FILE is replaced; only its owner can read it.\n",
                   "内容与挂载目录中的总览网页相同。照片取自同一文件夹；使用 --embed 则全部嵌入，\n"
                   "可作为单个文件带走。FILE 仅所有者可读，已存在时会被替换。\n"},
         .options = page_options,
         .run = command_page},
        {.name = "point add",
         .arguments = "NAME",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"add a teaching point", "添加教学点"},
         .options = point_add_options,
         .run = command_point_add},
        {.name = "point list",
         .arguments = "",
         .needs_store = true,
         .summary = {"list the teaching points", "列出教学点"},
         .options = point_list_options,
         .run = command_point_list},
        {.name = "point merge",
         .arguments = "FROM INTO",
         .min_arguments = 2,
         .max_arguments = 2,
         .needs_store = true,
         .summary = {"make one teaching point part of another", "把一个教学点并入另一个"},
         .notes =
                 {"Students, photos and files of all batches go along, with their decisions and\n"
                  "history. Files that were dropped into folders move to the point itself. Merging\n"
                  "is refused while files are being sent or checked, and when a student has a\n"
                  "photo at both points.\n"
                  "Exit status: 0 done, 1 refused, 2 unusable arguments or store.\n",
                  "所有批次的学生、照片和文件连同审核与记录一并转移，文件夹中提交的文件归到教学点\n"
                  "目录下。尚有文件未检查完，或同一学生在两处都有照片时，拒绝合并。\n"
                  "退出状态：0 已完成，1 被拒绝，2 参数或数据目录不可用。\n"},
         .options = point_change_options,
         .run = command_point_merge},
        {.name = "point remove",
         .arguments = "POINT",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"remove a teaching point without photos", "移除没有照片的教学点"},
         .notes =
                 {"Students of its roster are removed with it. A point that still holds photos or\n"
                  "files, even withdrawn ones, must be merged instead.\n"
                  "Exit status: 0 done, 1 refused, 2 unusable arguments or store.\n",
                  "名册学生一并移除。仍保存着照片或文件（包括已撤回的）的教学点应改用合并。\n"
                  "退出状态：0 已完成，1 被拒绝，2 参数或数据目录不可用。\n"},
         .options = point_change_options,
         .run = command_point_remove},
        {.name = "point rename",
         .arguments = "OLD NEW",
         .min_arguments = 2,
         .max_arguments = 2,
         .needs_store = true,
         .summary = {"give a teaching point another name", "教学点更名"},
         .notes = {"Exit status: 0 done, 1 refused, 2 unusable arguments or store.\n",
                   "退出状态：0 已完成，1 被拒绝，2 参数或数据目录不可用。\n"},
         .options = point_change_options,
         .run = command_point_rename},
        {.name = "point set",
         .arguments = "POINT",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"set owner, group and mode of a point's directory", "设置教学点目录的用户、"
                                                                         "用户组和权限"},
         .notes = {"Exit status: 0 done, 1 nothing to change, 2 unusable arguments or store.\n",
                   "退出状态：0 已完成，1 无需更改，2 参数或数据目录不可用。\n"},
         .options = point_set_options,
         .run = command_point_set},
        {.name = "progress import",
         .arguments = "FILE...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"import lists of the centre or the register", "导入采集中心或学信网的进度表"},
         .notes =
                 {"Files are CSV, TSV or XLSX, with a heading row that has at least 状态 and\n"
                  "身份证号 or 学号; 驳回原因 and 日期 are read if they are there. A final pass\n"
                  "locks an approved photo, a refusal rejects it. Rows that cannot be imported are\n"
                  "listed; a stage never goes back, except after a refusal.\n"
                  "Exit status: 0 all rows imported, 1 some not, 2 nothing, because of unusable\n"
                  "arguments, files or store.\n",
                  "文件为 CSV、TSV 或 XLSX，表头至少要有“状态”，以及“身份证号”或“学号”；如有\n"
                  "“驳回原因”“日期”也会读取。终审通过会锁定已审核通过的照片，驳回会驳回照片。\n"
                  "未导入的行会逐行列出；驳回后可重新开始，此外进度不会倒退。\n"
                  "退出状态：0 全部导入，1 有未导入的行，2 参数、文件或数据目录不可用，未导入。\n"},
         .options = progress_import_options,
         .run = command_progress_import},
        {.name = "purge",
         .arguments = "",
         .needs_store = true,
         .summary = {"erase photos that need not be kept", "清除不再需要保存的照片"},
         .notes =
                 {"Without --batch, erases the originals and photos of files that were rejected,\n"
                  "put aside, replaced or withdrawn; rejected files leave rejected/. A student's\n"
                  "present photo and its original stay. The audit log always stays. The next backup\n"
                  "removes from the backup what was erased here.\n",
                  "不加 --batch 时清除被驳回、移除、替换或撤回的文件的原件和成品照片，\n"
                  "被驳回的文件不再列在“驳回”文件夹中；学生现有的照片及其原件保留。操作记录始终\n"
                  "保留。备份中的相应数据在下次备份时清除。\n"},
         .options = purge_options,
         .run = command_purge},
        {.name = "restore",
         .arguments = "BACKUP STORE",
         .min_arguments = 2,
         .max_arguments = 2,
         .summary = {"make a new store from a backup", "由备份恢复为新的数据目录"},
         .notes = {"STORE must be new or empty; an interrupted restore continues with the same\n"
                   "command. Every file is checked while it is copied.\n"
                   "Exit status: 0 done, 1 done without files that were damaged, 2 failed.\n",
                   "STORE 必须是新的或空的目录；恢复中断后用同一命令继续。复制时逐个校验文件。\n"
                   "退出状态：0 完成，1 完成但略过了损坏的文件，2 失败。\n"},
         .run = command_restore},
        {.name = "review approve",
         .arguments = "NUMBER...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"approve photos of these students", "审核通过学生的照片"},
         .notes =
                 {"NUMBER is an ID number or a student number. A decision shows in the mount within\n"
                  "a second.\n"
                  "Exit status: 0 decided, 1 some could not be, 2 unusable arguments or store.\n",
                  "NUMBER 为身份证号或学号。审核结果在一秒内显示在挂载目录中。\n"
                  "退出状态：0 已完成，1 部分无法完成，2 参数或数据目录不可用。\n"},
         .options = review_options,
         .run = command_review_approve},
        {.name = "review reasons",
         .arguments = "",
         .summary = {"list the reasons for which people reject", "列出人工驳回的原因"},
         .run = command_review_reasons},
        {.name = "review reject",
         .arguments = "NUMBER...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"reject photos of these students for a reason", "驳回学生的照片并说明原因"},
         .notes = {"NUMBER and the exit status are those of 'review approve'.\n",
                   "NUMBER 和退出状态同 review approve。\n"},
         .options = review_reject_options,
         .run = command_review_reject},
        {.name = "review reopen",
         .arguments = "NUMBER...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"put photos back to be reviewed again", "把照片退回待审"},
         .notes = {"NUMBER and the exit status are those of 'review approve'.\n",
                   "NUMBER 和退出状态同 review approve。\n"},
         .options = review_options,
         .run = command_review_reopen},
        {.name = "roster import",
         .arguments = "FILE...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .needs_store = true,
         .summary = {"import lists of students", "导入学生名册"},
         .notes = {"Files are CSV, TSV or XLSX, with a heading row that has at least 身份证号 and\n"
                   "姓名. All files are one import: it is done as a whole or not at all. Teaching\n"
                   "points that are missing are created. A student who is listed with a new ID\n"
                   "number is recognised by student number, or by name and class, and keeps the\n"
                   "photo. Students who have a photo or a rejected file are never removed.\n"
                   "Exit status: 0 imported, 1 refused because of errors in the files, 2 unusable\n"
                   "arguments, files or store.\n",
                   "文件为 CSV、TSV 或 XLSX，表头至少要有“身份证号”和“姓名”。所有文件作为一次\n"
                   "导入，要么全部成功，要么全不导入。缺少的教学点会自动新建。证件号码有更正的\n"
                   "学生按学号（或姓名和班级）认定，照片转到新号码下。有照片或驳回文件的学生不会\n"
                   "被移除。\n"
                   "退出状态：0 已导入，1 因文件有错误而拒绝，2 参数、文件或数据目录不可用。\n"},
         .options = roster_import_options,
         .run = command_roster_import},
        {.name = "status",
         .arguments = "[POINT]",
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"show the progress of the batch, or of a point", "显示本批次或某教学点的进度"},
         .notes = {"With --watch, a terminal shows it in one place until q is typed; a pipe or a\n"
                   "file gets it again with each change. With --json as well, each change is a\n"
                   "line.\n",
                   "加 --watch 时，终端上原地刷新，按 q 退出；输出到管道或文件时，每次变化输出一\n"
                   "次。同时加 --json 时每次变化输出一行。\n"},
         .options = status_options,
         .run = command_status},
        {.name = "student correct",
         .arguments = "NUMBER NEW",
         .min_arguments = 2,
         .max_arguments = 2,
         .needs_store = true,
         .summary = {"give a student the right ID number", "更正学生的证件号码"},
         .notes =
                 {"NUMBER is an ID number or a student number. Photo, decisions, notes and history\n"
                  "follow, and the photo is renamed in the mount within a second. If the\n"
                  "new number has an entry already, the two become one, unless both have a photo.\n"
                  "Exit status: 0 done, 1 refused, 2 unusable arguments or store.\n",
                  "NUMBER 为身份证号或学号。照片、审核、说明和记录一并转到新号码下，挂载目录中的照\n"
                  "片在一秒内改名。新号码已有记录时两条合并为一条；两条都有照片则拒绝。\n"
                  "退出状态：0 已完成，1 被拒绝，2 参数或数据目录不可用。\n"},
         .options = student_options,
         .run = command_student_correct},
        {.name = "student move",
         .arguments = "NUMBER",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"move a student to another teaching point", "把学生转到其他教学点"},
         .notes =
                 {"NUMBER and the exit status are those of 'student correct'. Everything\n"
                  "that was sent for the student goes along, rejected files and dropped names too.\n",
                  "NUMBER 和退出状态同 student correct。为该学生提交的全部文件一并转移，包括驳回\n"
                  "文件和提交时的文件名。\n"},
         .options = student_move_options,
         .run = command_student_move},
        {.name = "student remove",
         .arguments = "NUMBER",
         .min_arguments = 1,
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"remove somebody who is not a student", "移除不应存在的学生"},
         .notes = {"NUMBER and the exit status are those of 'student correct'. The photo is\n"
                   "withdrawn and rejected files are put aside; originals are kept until they are\n"
                   "purged. An approved photo must be reopened first.\n",
                   "NUMBER 和退出状态同 student correct。照片撤回，驳回文件移除，原件保留到清除为\n"
                   "止。已审核通过的照片须先退回待审。\n"},
         .options = student_options,
         .run = command_student_remove},
        {.name = "verify",
         .arguments = "",
         .needs_store = true,
         .summary = {"check every photo, row and counter of the store", "检查数据目录是否完好"},
         .notes =
                 {"With --repair, while the store is not mounted, the next mount makes a lost\n"
                  "finished photo again from its original; the photo must then be reviewed again.\n"
                  "Exit status: 0 all is right, or was repaired; 1 problems remain; 2 the store\n"
                  "cannot be read.\n",
                  "先卸载再用 --repair 修复时，丢失的成品照片会在下次挂载时由原件重新生成，须重新\n"
                  "审核。\n"
                  "退出状态：0 完好或已修复，1 仍有问题，2 无法读取数据目录。\n"},
         .options = verify_options,
         .run = command_verify},
        {.name = "wait",
         .arguments = "[POINT|PATH]",
         .max_arguments = 1,
         .summary = {"wait until every dropped photo has its verdict", "等待所有已提交的照片检查"
                                                                       "完毕"},
         .notes =
                 {"Waits for the same as 'sync STATUS.txt'. PATH is anything in the mount: a\n"
                  "point's directory, or the mount itself for all points that you may read; this\n"
                  "needs no rights in the store. POINT is a name and needs the store.\n"
                  "Exit status: 0 all is checked, 1 files wait and nothing is mounted, 2 unusable\n"
                  "arguments or store, 3 the time ran out.\n",
                  "与“sync 状态.txt”等待的内容相同。PATH 为挂载目录中的任意路径：教学点文件夹，或\n"
                  "挂载目录本身（等待您有权读取的全部教学点），无需数据目录的权限；POINT 为教学点名\n"
                  "称，需要指定数据目录。\n"
                  "退出状态：0 全部检查完毕，1 尚有文件等待检查但没有挂载，2 参数或数据目录不可用，\n"
                  "3 等待超时。\n"},
         .options = wait_options,
         .run = command_wait},
        {},
};
