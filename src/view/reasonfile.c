/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <idphoto/clock.h>
#include <idphoto/config.h>
#include <idphoto/view.h>

#include <inttypes.h>
#include <string.h>

/* The note beside a rejected photo. Its reader wants to know what to do, so each reason is followed
 * by its remedy at once; what was merely put right comes last. */

/* Whether the picture was not the trouble, so that a new name is all that is needed. */
static bool is_about_name(ReasonCode code)
{
        return code >= REASON_NAME_NO_NUMBER && code <= REASON_NUMBER_TWICE_ON_ROSTER;
}

/* Whether sending anything again would lead to the same answer. */
static bool is_final(ReasonCode code)
{
        return code == REASON_ALREADY_APPROVED || code == REASON_LOCKED ||
               code == REASON_BATCH_CLOSED;
}

static void append_head(Text *text, const ReasonFileModel *model, Language language)
{
        char when[WALL_TEXT_MAX];
        bool zh = language == LANGUAGE_ZH;

        if (findings_reject(model->findings))
                text_append(text, zh ? "已驳回：" : "Rejected: ");
        else
                text_append(text, zh ? "已检查：" : "Checked: ");
        layout_append_clean(text, model->name);
        text_printf(text,
                    zh ? "\n收到时间 %s，大小 %" PRIu64 " 字节\n"
                       : "\nreceived %s, %" PRIu64 " bytes\n",
                    wall_to_text(model->received_nsec, when), model->size_bytes);
}

static void append_values(Text *text, const Finding *finding, Language language, size_t indent)
{
        _cleanup_text_ Text values = {0};

        finding_append_values(&values, finding, language);
        if (finding->detail[0] != '\0') {
                size_t n = strnlen(finding->detail, sizeof(finding->detail));

                if (values.size > 0)
                        text_append(&values, language == LANGUAGE_ZH ? "；" : "; ");
                text_append_data(&values, finding->detail, n);
        }
        if (values.error < 0)
                text->error = values.error;
        if (values.size == 0)
                return;
        text_append_padded(text, "", indent);
        layout_append_wrapped(text, values.data, indent, indent);
}

static void append_advice(Text *text, const Finding *finding, Language language, size_t indent)
{
        const char *label = language == LANGUAGE_ZH ? "怎么办：" : "What to do: ";
        const char *advice = reason_advice(finding->code, language);

        if (*advice == '\0')
                return;
        text_append_padded(text, "", indent);
        text_append(text, label);
        layout_append_wrapped(text, advice, indent + text_columns(label), indent);
}

static void append_rejects(Text *text, const ReasonFileModel *model, Language language)
{
        size_t number = 0;

        if (!findings_reject(model->findings))
                return;
        text_append(text, language == LANGUAGE_ZH ? "\n驳回原因\n" : "\nWHY\n");
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                text_printf(text, "%2zu. ", ++number);
                layout_append_wrapped(text, reason_title(finding->code, language), 4, 4);
                append_values(text, finding, language, 4);
                append_advice(text, finding, language, 4);
        }
}

/* ---- what people decided ---- */

/* After so many rejections the notice advises to go to the centre: at the last one before, the text
 * warns. */
enum { REJECTIONS_WARNED = 3 };

static bool is_decided(const Findings *findings)
{
        for (size_t i = 0; i < findings->n; i++)
                if (findings->items[i].level == FINDING_REJECT &&
                    reason_is_decision(findings->items[i].code))
                        return true;
        return false;
}

/* Each line of the words quoted, so that nobody takes them for the program's. */
static void append_note(Text *text, const ReasonFileModel *model, Language language)
{
        const char *p = model->note;

        if (!p || !*p)
                return;
        text_append(text, language == LANGUAGE_ZH ? "\n审核人员的说明\n"
                                                  : "\nTHE REVIEWER'S OWN WORDS\n");
        while (*p) {
                size_t n = strcspn(p, "\r\n");
                _cleanup_free_ char *line = strndup(p, n);

                if (!line) {
                        text->error = -ENOMEM;
                        return;
                }
                if (n > 0) {
                        text_append(text, "  > ");
                        layout_append_wrapped(text, line, 4, 4);
                }
                p += n;
                p += strspn(p, "\r\n");
        }
}

static void append_centre(Text *text, const ConfigCentre *centre, Language language)
{
        bool zh = language == LANGUAGE_ZH;
        const struct {
                const char *label;
                const char *value;
        } lines[] = {
                {zh ? "地址：" : "Address: ", centre->address},
                {zh ? "时间：" : "Hours: ", centre->hours},
                {zh ? "电话：" : "Telephone: ", centre->telephone},
                {zh ? "费用：" : "Fee: ", centre->fee},
        };

        for (size_t i = 0; i < ELEMENTSOF(lines); i++) {
                if (!*lines[i].value)
                        continue;
                text_append(text, "    ");
                text_append(text, lines[i].label);
                layout_append_wrapped(text, lines[i].value, 4 + text_columns(lines[i].label), 6);
        }
}

static void append_rejections(Text *text, const ReasonFileModel *model, Language language)
{
        static const char *const warning[_LANGUAGE_MAX] = {
                "Take special care with the next one: if it is rejected again, the student should "
                "go to the on-site centre and be photographed there.",
                "下次请格外注意：如再被驳回，建议学生前往现场采集点拍摄。",
        };
        static const char *const advice[_LANGUAGE_MAX] = {
                "The student should go to the on-site centre and be photographed there, with the "
                "ID card and the collection code.",
                "建议学生携带本人身份证原件和采集码，前往现场采集点拍摄。",
        };
        _cleanup_text_ Text line = {};
        bool zh = language == LANGUAGE_ZH;

        if (model->rejections == 0)
                return;
        text_printf(&line,
                    zh ? "该学生的照片已被审核人员驳回 %u 次。"
                    : model->rejections == 1 ? "Photos of this student were rejected by people "
                                               "%u time so far."
                                             : "Photos of this student were rejected by people "
                                               "%u times so far.",
                    model->rejections);
        if (model->rejections >= REJECTIONS_WARNED)
                text_printf(&line, "%s%s", zh ? "" : " ",
                            model->rejections == REJECTIONS_WARNED ? warning[language]
                                                                   : advice[language]);
        if (line.error < 0) {
                text->error = line.error;
                return;
        }
        text_append(text, zh ? "\n驳回次数\n" : "\nHOW OFTEN\n");
        text_append(text, "  ");
        layout_append_wrapped(text, line.data, 2, 2);
        if (model->rejections > REJECTIONS_WARNED && model->centre)
                append_centre(text, model->centre, language);
}

static void append_decision(Text *text, const ReasonFileModel *model, Language language)
{
        if (!is_decided(model->findings))
                return;
        append_note(text, model, language);
        append_rejections(text, model, language);
}

static void append_suggestion(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {0};

        if (!model->suggestion)
                return;
        text_printf(&line,
                    language == LANGUAGE_ZH ? "本教学点名册中只差一位的号码是 "
                                              "%s。如果就是这名学生，请把文件改名为 %s.jpg。"
                                            : "A number on your roster that differs in one digit "
                                              "only is %s. If that is "
                                              "the student, rename the file to %s.jpg.",
                    model->suggestion, model->suggestion);
        if (line.error < 0) {
                text->error = line.error;
                return;
        }
        text_append(text, "\n");
        layout_append_wrapped(text, line.data, 0, 0);
}

static void append_warnings(Text *text, const ReasonFileModel *model, Language language)
{
        if (findings_count(model->findings, FINDING_WARN) == 0)
                return;
        text_append(text, language == LANGUAGE_ZH
                                  ? "\n另外请注意（不是驳回原因）\n"
                                  : "\nALSO NOTICED (no reason for the rejection)\n");
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_WARN)
                        continue;
                text_append(text, "  - ");
                layout_append_wrapped(text, reason_title(finding->code, language), 4, 4);
                append_values(text, finding, language, 4);
                append_advice(text, finding, language, 4);
        }
}

static void append_again(Text *text, const ReasonFileModel *model, Language language)
{
        static const char *const by_name[_LANGUAGE_MAX] = {
                "Rename the rejected file right here, beside this note: it is checked again at "
                "once. "
                "Nothing needs to be copied again.",
                "直接在本文件夹中给被驳回的文件改名即可，系统会立即重新检查，不必重新复制。",
        };
        static const char *const by_photo[_LANGUAGE_MAX] = {
                "Put the better photo into your teaching point's folder, the one above this. A "
                "file of "
                "the same name is fine. It is checked within seconds.",
                "把合格的照片放入上一级文件夹（本教学点文件夹）即可，文件名相同也没关系，几秒内就会"
                "检查。",
        };
        static const char *const closing[_LANGUAGE_MAX] = {
                "To put this case aside, delete the rejected file; its original is kept.",
                "如不再需要，可删除被驳回的文件，原件仍有保存。",
        };
        bool name = false, photo = false;

        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_REJECT)
                        continue;
                if (is_final(finding->code))
                        return;
                if (is_about_name(finding->code))
                        name = true;
                else
                        photo = true;
        }
        if (!name && !photo)
                return;
        text_append(text,
                    language == LANGUAGE_ZH ? "\n如何重新提交\n" : "\nHOW TO SEND IT AGAIN\n");
        text_append(text, "  ");
        layout_append_wrapped(text, photo ? by_photo[language] : by_name[language], 2, 2);
        text_append(text, "  ");
        layout_append_wrapped(text, closing[language], 2, 2);
}

static void append_fixes(Text *text, const ReasonFileModel *model, Language language)
{
        _cleanup_text_ Text line = {0};

        if (findings_count(model->findings, FINDING_FIXED) == 0)
                return;
        text_append(&line, language == LANGUAGE_ZH ? "说明：" : "For information:");
        for (size_t i = 0; i < model->findings->n; i++) {
                const Finding *finding = &model->findings->items[i];

                if (finding->level != FINDING_FIXED)
                        continue;
                if (language != LANGUAGE_ZH)
                        text_append(&line, " ");
                text_append(&line, reason_title(finding->code, language));
        }
        if (line.error < 0) {
                text->error = line.error;
                return;
        }
        text_append(text, "\n");
        layout_append_wrapped(text, line.data, 0, 0);
}

int view_reason_file(const ReasonFileModel *model, Language language, char **ret, size_t *ret_size)
{
        _cleanup_text_ Text text = {0};

        append_head(&text, model, language);
        append_rejects(&text, model, language);
        append_decision(&text, model, language);
        append_suggestion(&text, model, language);
        append_warnings(&text, model, language);
        append_again(&text, model, language);
        append_fixes(&text, model, language);
        return text_take(&text, ret, ret_size);
}
