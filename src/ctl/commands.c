/* SPDX-License-Identifier: MIT */
#include "command.h"

static const CommandOption check_options[] = {
        {.name = "json",
         .help = {"one JSON array instead of a report for people", "输出 JSON 数组，而不是报告"}},
        {.name = "write",
         .argument = "DIR",
         .help = {"write the finished photos into DIR", "把合格的成品照片写入 DIR"}},
        {.name = "name",
         .help = {"tell what the file name says as well", "同时说明文件名中的证件号码"}},
        {.name = "jobs",
         .argument = "N",
         .help = {"photos examined at once (otherwise one a core)",
                  "同时检查的照片数（默认每核一张）"}},
        {.name = "config",
         .argument = "FILE",
         .help = {"judge by this configuration (otherwise the store's)",
                  "按此配置文件检查（否则用数据目录的）"}},
        {},
};

static const CommandOption init_options[] = {
        {.name = "batch", .argument = "NAME", .help = {"name of the batch", "毕业批次名称"}},
        {},
};

static const CommandOption point_add_options[] = {
        {.name = "owner",
         .argument = "USER",
         .help = {"user that the point's directory belongs to", "目录所属用户"}},
        {.name = "group",
         .argument = "GROUP",
         .help = {"group that the point's directory belongs to", "目录所属组"}},
        {.name = "mode", .argument = "MODE", .help = {"its mode, in octal", "目录权限（八进制）"}},
        {},
};

/* In the order of the alphabet, which is the order of the help. */
const Command idphotoctl_commands[] = {
        {.name = "check",
         .arguments = "FILE...",
         .min_arguments = 1,
         .max_arguments = COMMAND_ARGUMENTS_ANY,
         .summary = {"judge photos; needs no store", "检查照片，不需要数据目录"},
         .notes = {"A finished photo is called as its file, with .jpg for the suffix; a file that\n"
                   "exists is never overwritten.\n"
                   "Exit status: 0 all photos accepted, 1 some rejected, 2 unusable arguments, or\n"
                   "a file that could not be read, examined or written.\n",
                   "成品照片沿用原文件名，扩展名为 .jpg；不会覆盖已有的文件。\n"
                   "退出状态：0 全部合格，1 有照片不合格，2 参数错误或文件无法读写、检查。\n"},
         .options = check_options,
         .run = command_check},
        {.name = "config check",
         .arguments = "[FILE]",
         .max_arguments = 1,
         .summary = {"say whether a configuration is right", "检查配置文件是否正确"},
         .notes = {"Without FILE, the one of the store, idphotofs.conf. A store without one works\n"
                   "by the defaults.\n"
                   "Exit status: 0 it is right, 2 it is not, or cannot be read.\n",
                   "不指定文件时检查数据目录中的 idphotofs.conf；没有该文件则使用默认值。\n"
                   "退出状态：0 正确，2 有错误或无法读取。\n"},
         .run = command_config_check},
        {.name = "config show",
         .arguments = "[FILE]",
         .max_arguments = 1,
         .summary = {"show every setting, with what it does and takes", "显示全部设置及说明"},
         .notes =
                 {"Without FILE, those of the store; without a store, the defaults. What is shown\n"
                  "is a configuration file itself; settings at their default are commented out.\n",
                  "不指定文件时显示数据目录的设置，没有数据目录时显示默认设置。输出本身就是\n"
                  "一个配置文件，其中等于默认值的设置被注释掉。\n"},
         .run = command_config_show},
        {.name = "init",
         .arguments = "STORE",
         .min_arguments = 1,
         .max_arguments = 1,
         .summary = {"make a new store", "新建数据目录"},
         .options = init_options,
         .run = command_init},
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
         .run = command_point_list},
        {.name = "status",
         .arguments = "[POINT]",
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"show where the batch, or a point, stands", "显示本批次或某教学点的进度"},
         .run = command_status},
        {.name = "wait",
         .arguments = "[POINT]",
         .max_arguments = 1,
         .needs_store = true,
         .summary = {"wait until every dropped photo has its verdict", "等待所有已交照片检查完毕"},
         .run = command_wait},
        {},
};
