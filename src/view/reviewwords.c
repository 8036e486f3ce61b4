/* SPDX-License-Identifier: MIT */
#include "pageparts.h"

static const ReviewWords words[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] =
                {
                        .to_review = "To review",
                        .office = "Head office",
                        .waiting = {"photo waits for review", "photos wait for review"},
                        .with_warnings = "with warnings",
                        .warned = "With warnings",
                        .clear = "Without warnings",
                        .warnings = {"warning", "warnings"},
                        .order = ", the gravest first.",
                        .how = "To decide about photos, move them into the teaching point's folder "
                               "in %s/, or into the folder of a reason in %s/. %s cannot be moved: "
                               "selected with the photos it is refused, and the photos are moved "
                               "all the same.",
                        .shown_first = "This page shows the first %zu of %llu; reload it when "
                                       "these are decided.",
                        .nothing = "No photo waits for review.",
                        .rest = "Teaching points where nothing waits: %llu.",
                        .keys = "Arrow keys move between the cards, Enter shows one large, Esc "
                                "closes it. a marks the photo for approval, r for rejection, u "
                                "takes the mark away. / searches, g shows and hides the guide "
                                "lines.",
                        .meaning = "What the teaching point should do about it",
                        .gravest = "The gravest of all teaching points",
                        .approve = "Approve",
                        .reject = "Reject",
                        .approve_shown = "Mark all shown for approval",
                        .which_reason = "Reject for which reason?",
                        .to_approve = "To approve",
                        .to_reject = "To reject",
                        .show_list = "Show the list",
                        .clear_marks = "Clear all marks",
                        .list_title = "Marked photos",
                        .list_about = "This page only collects marks. Move the photos in the file "
                                      "manager, or run the commands in a terminal.",
                        .as_names = "File names, by the folder to move them to",
                        .as_moves = "mv commands",
                        .as_commands = "idphotoctl commands",
                        .copy = "Copy",
                        .copied = "Copied",
                        .in_office = "# Run this in the folder %s.",
                },
        [LANGUAGE_ZH] =
                {
                        .to_review = "待审",
                        .office = "省校审核总览",
                        .waiting = {"张照片待审", "张照片待审"},
                        .with_warnings = "张须注意",
                        .warned = "须注意",
                        .clear = "无异常",
                        .warnings = {"项须注意", "项须注意"},
                        .order = "，问题多、偏差大的排在前面。",
                        .how = "审核方法：将照片移入“%s”中该教学点的文件夹，即为通过；移入“%s”"
                               "中的原因文件夹，即为驳回。%s 不能移动，与照片一并选中时会提示拒绝，"
                               "照片照常移动。",
                        .shown_first = "本页只显示前 %zu 张（共 %llu 张），审核后请刷新页面。",
                        .nothing = "没有待审照片。",
                        .rest = "另有 %llu 个教学点没有待审照片。",
                        .keys = "方向键切换照片，回车放大，Esc 关闭；a 标记通过，r 标记驳回，u "
                                "取消标记；/ 搜索，g 显示或隐藏参考线。",
                        .meaning = "各项问题的处理建议",
                        .gravest = "全部教学点中问题最多的照片",
                        .approve = "通过",
                        .reject = "驳回",
                        .approve_shown = "将显示的照片全部标记通过",
                        .which_reason = "请选择驳回原因",
                        .to_approve = "标记通过",
                        .to_reject = "标记驳回",
                        .show_list = "查看清单",
                        .clear_marks = "清除全部标记",
                        .list_title = "已标记的照片",
                        .list_about = "本页只作标记，不移动照片。请按清单在文件管理器中移动照片，或"
                                      "在终端中执行命令。",
                        .as_names = "文件名（按目标文件夹）",
                        .as_moves = "mv 命令",
                        .as_commands = "idphotoctl 命令",
                        .copy = "复制",
                        .copied = "已复制",
                        .in_office = "# 请在“%s”文件夹中执行",
                },
};

const ReviewWords *review_words(Language language)
{
        return &words[language >= 0 && language < _LANGUAGE_MAX ? language : LANGUAGE_EN];
}
