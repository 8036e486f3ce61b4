/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/message.h>
#include <idphoto/view.h>

static void append_line(Text *text, const char *label, const char *value, Language language)
{
        if (!value || !*value)
                return;
        text_append(text, label);
        text_append(text, MESSAGE(COLON, language));
        layout_append_clean(text, value);
        text_append(text, "\n");
}

int view_missing_file(const char *id_number, const char *name, const char *student_no,
                      const char *class_name, Language language, char **ret, size_t *ret_size)
{
        static const char *const labels[][_LANGUAGE_MAX] = {{"Name", "姓名"},
                                                            {"ID number", "身份证号"},
                                                            {"Student number", "学号"},
                                                            {"Class", "班级"}};
        static const char *const endings[_LANGUAGE_MAX] = {
                "\n"
                "There is no accepted photo of this student yet. Put one into the folder above "
                "this one,\n"
                "with the ID number in its name; this note then goes away by itself.\n",
                "\n还没有该学生的合格照片。请把照片放进上一级文件夹，\n文件名中写上身份证号；合格后本提示会自动消失。\n"};
        const char *const values[] = {name, id_number, student_no, class_name};
        _cleanup_text_ Text text = {};

        for (size_t i = 0; i < ELEMENTSOF(values); i++)
                append_line(&text, labels[i][language], values[i], language);
        text_append(&text, endings[language]);
        return layout_take_crlf(&text, ret, ret_size);
}
