/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "json.h"
#include "opened.h"
#include "progress.h"

#include <idphoto/clock.h>
#include <idphoto/message.h>
#include <idphoto/storecheck.h>

#include <inttypes.h>
#include <string.h>

/* `idphotoctl verify`: what is wrong with the store, line by line, and what was repaired. */

typedef struct Verify {
        Language language;
        bool as_json;
        uint64_t n;
        uint64_t repaired;
        bool drawing;
        Progress progress;
        JsonWriter json;
} Verify;

static const char *fault_text(StoreFault fault, Language language)
{
        static const char *const texts[_STORE_FAULT_MAX][_LANGUAGE_MAX] = {
                [STORE_DATABASE] = {"the database is damaged", "数据库损坏"},
                [STORE_RESTORED] =
                        {"the database was restored to an earlier state; what it does not"
                         " know is still there, and is removed from now on",
                         "数据库曾恢复到较早的状态；数据库中没有记录的文件仍保留，此后将被清理"},
                [STORE_REFERENCE] = {"a row names another that is not there",
                                     "记录引用的对象不存在"},
                [STORE_ORIGINAL_MISSING] = {"an original is missing", "原件丢失"},
                [STORE_ORIGINAL_CHANGED] = {"an original was damaged", "原件损坏"},
                [STORE_PHOTO_MISSING] = {"a finished photo is missing", "成品照片丢失"},
                [STORE_PHOTO_CHANGED] = {"a finished photo was damaged", "成品照片损坏"},
                [STORE_ORPHAN] = {"a file that nothing needs", "多余的文件"},
                [STORE_STAGING] = {"left over from an upload", "上传残留的文件"},
                [STORE_COUNTS] = {"counters are wrong", "计数有误"},
                [STORE_STUDENT] = {"a student's photo is not theirs", "学生与照片不对应"},
        };

        return texts[fault][language];
}

static void print_line(const StoreProblem *problem, Language language)
{
        (void)printf("%s", fault_text(problem->fault, language));
        if (problem->submission != 0)
                (void)printf(MESSAGE(VERIFY_SUBMISSION, language), problem->submission);
        if (problem->student != 0)
                (void)printf(MESSAGE(VERIFY_STUDENT, language), problem->student);
        (void)printf("%s%s%s\n", *problem->what ? MESSAGE(COLON, language) : "", problem->what,
                     problem->repaired ? MESSAGE(VERIFY_REPAIRED, language) : "");
}

static void add_number(JsonWriter *json, const char *key, int64_t value)
{
        json_key(json, key);
        if (value != 0)
                json_integer(json, value);
        else
                json_null(json);
}

static int take(const StoreProblem *problem, void *userdata)
{
        Verify *verify = userdata;
        JsonWriter *json = &verify->json;

        verify->n++;
        verify->repaired += problem->repaired;
        if (!verify->as_json) {
                progress_clear(&verify->progress);
                print_line(problem, verify->language);
                return 0;
        }
        json_open(json, '{');
        json_key(json, "fault");
        json_string(json, store_fault_to_string(problem->fault));
        add_number(json, "submission", problem->submission);
        add_number(json, "student", problem->student);
        json_key(json, "what");
        json_string(json, *problem->what ? problem->what : NULL);
        json_key(json, "repaired");
        json_bool(json, problem->repaired);
        json_close(json, '}');
        return json->text.error;
}

static void draw(uint64_t done, uint64_t total, void *userdata)
{
        Verify *verify = userdata;

        if (!verify->drawing)
                verify->progress = progress_begin((size_t)total);
        verify->drawing = true;
        progress_set(&verify->progress, (size_t)done);
}

static int finish(Verify *verify)
{
        progress_clear(&verify->progress);
        if (verify->as_json) {
                json_close(&verify->json, ']');
                if (verify->json.text.error < 0)
                        return verify->json.text.error;
                (void)puts(verify->json.text.data);
        } else if (verify->n == 0)
                (void)fputs(MESSAGE(VERIFY_CLEAN, verify->language), stdout);
        else
                (void)printf(MESSAGE(VERIFY_FOUND, verify->language), verify->n, verify->repaired);
        return 0;
}

int command_verify(CommandContext *context, int argc _unused_, char **argv _unused_)
{
        _cleanup_opened_ Opened opened = {};
        Verify verify = {.language = context->language, .as_json = command_option(context, "json")};
        StoreCheck check = {
                .repair = command_option(context, "repair"),
                .now = clock_wall_nsec(clock_system()),
                .problem = take,
                .progress = draw,
                .userdata = &verify,
        };
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        if (verify.as_json)
                json_open(&verify.json, '[');
        r = store_check(opened.store, opened.catalog, &check);
        if (r >= 0)
                r = finish(&verify);
        json_done(&verify.json);
        if (r < 0) {
                progress_clear(&verify.progress);
                command_error(MESSAGE(ERROR_CHECK_STORE, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return verify.n == verify.repaired ? COMMAND_OK : COMMAND_NO;
}
