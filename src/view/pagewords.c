/* SPDX-License-Identifier: MIT */
#include "pageparts.h"

static const PageWords words[_LANGUAGE_MAX] = {
        [LANGUAGE_EN] =
                {
                        .html_lang = "en",
                        .whole_batch = "All teaching points",
                        .batch = "Batch",
                        .closed = "closed",
                        .students = {"student", "students"},
                        .changed = "last change",
                        .all = "All",
                        .stray = "Unmatched",
                        .stray_about = "Files whose names match no student.",
                        .search = "Number, name or class",
                        .any_reason = "Any reason or warning",
                        .guides = "Guide lines",
                        .keys = "Arrow keys move between the cards, Enter shows one large, Esc "
                                "closes it, / searches, g shows and hides the guide lines.",
                        .nobody_found = "No card matches.",
                        .photo_of = "Photo of",
                        .file_in = "File",
                        .rejections = {"rejection by a reviewer", "rejections by reviewers"},
                        .advice = "What to do about it",
                        .no_name = "Name not known",
                        .close = "Close",
                        .previous = "Previous",
                        .next = "Next",
                        .measured = "measured",
                        .allowed = "wanted",
                        .crown = "Top of the hair, row",
                        .eyes = "Eyes, row",
                        .width = "Width of the face",
                        .centre = "Middle of the face, column",
                        .tilt = "Tilt of the head",
                        .point = "Teaching point",
                        .done = "Progress",
                        .colon = ": ",
                        .shown_first =
                                "This page shows the first %zu of %llu students; status.csv and "
                                "'idphotoctl page' have all of them.",
                        .no_points = "There are no teaching points yet.",
                },
        [LANGUAGE_ZH] =
                {
                        .html_lang = "zh-CN",
                        .whole_batch = "全部教学点",
                        .batch = "批次",
                        .closed = "已关闭",
                        .students = {"名学生", "名学生"},
                        .changed = "最近更新",
                        .all = "全部",
                        .stray = "未对应学生",
                        .stray_about = "无法按文件名对应到学生的文件。",
                        .search = "证件号码、姓名、学号或班级",
                        .any_reason = "全部原因和注意事项",
                        .guides = "参考线",
                        .keys = "方向键切换学生，回车放大，Esc 关闭，/ 搜索，g 显示或隐藏参考线。",
                        .nobody_found = "没有符合条件的学生。",
                        .photo_of = "照片：",
                        .file_in = "文件",
                        .rejections = {"次被审核人员驳回", "次被审核人员驳回"},
                        .advice = "怎么办",
                        .no_name = "姓名未知",
                        .close = "关闭",
                        .previous = "上一个",
                        .next = "下一个",
                        .measured = "实测",
                        .allowed = "要求",
                        .crown = "头顶位置（行）",
                        .eyes = "眼睛位置（行）",
                        .width = "脸部宽度",
                        .centre = "脸部中线（列）",
                        .tilt = "头部倾斜",
                        .point = "教学点",
                        .done = "进度",
                        .colon = "：",
                        .shown_first =
                                "本页只显示前 %zu 名学生（共 %llu 名），全部学生见“状态.csv”或用 "
                                "idphotoctl page 导出。",
                        .no_points = "还没有教学点。",
                },
};

const PageWords *page_words(Language language)
{
        return &words[language >= 0 && language < _LANGUAGE_MAX ? language : LANGUAGE_EN];
}
