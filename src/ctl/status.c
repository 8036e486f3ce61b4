/* SPDX-License-Identifier: MIT */
#include "configured.h"
#include "json.h"
#include "opened.h"

#include <idphoto/clock.h>
#include <idphoto/overview.h>

#include <string.h>

static int add_reason(ReasonCode code, uint64_t count, void *userdata)
{
        JsonWriter *json = userdata;

        json_key(json, reason_to_string(code));
        json_integer(json, (int64_t)count);
        return json->text.error;
}

/* The counts of STATUS.txt under the names that it gives them in English. */
static int print_json(const Opened *opened, int64_t point, const char *point_name)
{
        _cleanup_free_ char *batch = NULL;
        _cleanup_json_ JsonWriter json = {};
        StatusCounts counts;
        int r = overview_counts(opened->catalog, opened->batch, point, &counts);

        if (r >= 0)
                r = catalog_batch_name(opened->catalog, opened->batch, &batch);
        if (r >= 0)
                r = catalog_batch_closed(opened->catalog, opened->batch);
        if (r < 0)
                return r;
        json_open(&json, '{');
        json_key(&json, "batch");
        json_string(&json, batch);
        json_key(&json, "closed");
        json_bool(&json, r > 0);
        json_key(&json, "point");
        json_string(&json, point_name);
        const struct {
                const char *key;
                uint64_t value;
        } numbers[] = {
                {"students", counts.students}, {"missing", counts.missing},
                {"pending", counts.pending},   {"approved", counts.approved},
                {"locked", counts.locked},     {"rejected_files", counts.rejected},
                {"checking", counts.checking},
        };
        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                json_key(&json, numbers[i].key);
                json_integer(&json, (int64_t)numbers[i].value);
        }
        json_key(&json, "reasons");
        json_open(&json, '{');
        r = catalog_list_reason_counts(opened->catalog, opened->batch, point, add_reason, &json);
        json_close(&json, '}');
        json_close(&json, '}');
        if (r >= 0)
                r = json.text.error;
        if (r >= 0)
                (void)puts(json.text.data);
        return r;
}

static int print_text(const Opened *opened, int64_t point, const OverviewDays *days,
                      Language language)
{
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = overview_status_text(opened->catalog, opened->batch, point, days, language, &text,
                                     &size);

        if (r >= 0)
                (void)fwrite(text, 1, size, stdout);
        return r;
}

int command_status(CommandContext *context, int argc, char **argv)
{
        _cleanup_(calendar_freep) Calendar *calendar = NULL;
        _cleanup_opened_ Opened opened = {};
        const char *name = argc > 0 ? argv[0] : NULL;
        OverviewDays days;
        Config config;
        int64_t point;
        int r = opened_open_batch(context, command_option(context, "batch"), &opened);

        if (r == COMMAND_OK)
                r = configured_read_store(context, &config, &calendar);
        if (r != COMMAND_OK)
                return r;
        days = (OverviewDays){.today = date_from_wall(clock_wall_nsec(clock_system())),
                              .deadline = config.deadline,
                              .calendar = calendar,
                              .check_days = config.check_days,
                              .paper_days = config.paper_days};
        point = opened_find_point(&opened, name);
        if (point < 0)
                return COMMAND_WRONG;
        r = command_option(context, "json") ? print_json(&opened, point, name)
                                            : print_text(&opened, point, &days, context->language);
        if (r < 0) {
                command_error("cannot read the store: %s", strerror(-r));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}

int command_wait(CommandContext *context, int argc, char **argv)
{
        enum { LOOK_USEC = 100000 };
        _cleanup_opened_ Opened opened = {};
        int64_t point;
        int r = opened_open(context, &opened);

        if (r != COMMAND_OK)
                return r;
        point = opened_find_point(&opened, argc > 0 ? argv[0] : NULL);
        if (point < 0)
                return COMMAND_WRONG;
        for (;;) {
                StatusCounts counts;

                r = overview_counts(opened.catalog, opened.batch, point, &counts);
                if (r < 0) {
                        command_error("cannot read the store: %s", strerror(-r));
                        return COMMAND_WRONG;
                }
                if (counts.checking == 0)
                        return COMMAND_OK;
                if (!store_daemon_running(opened.store)) {
                        command_error(
                                "the store is not mounted: nobody is judging the files that wait");
                        return COMMAND_NO;
                }
                (void)usleep(LOOK_USEC);
        }
}
