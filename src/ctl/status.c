/* SPDX-License-Identifier: MIT */
#include "complain.h"
#include "configured.h"
#include "countsjson.h"
#include "gateways.h"
#include "json.h"
#include "liveview.h"
#include "opened.h"

#include <idphoto/batch.h>
#include <idphoto/clock.h>
#include <idphoto/event.h>
#include <idphoto/gateway.h>
#include <idphoto/message.h>
#include <idphoto/overview.h>
#include <idphoto/standing.h>

#include <string.h>

static int add_reason(ReasonCode code, uint64_t count, void *userdata)
{
        JsonWriter *json = userdata;

        json_key(json, reason_to_string(code));
        json_integer(json, (int64_t)count);
        return json->text.error;
}

/* The counts of STATUS.txt under the names that it gives them in English. */
static int append_json(const Opened *opened, int64_t point, const char *point_name, Text *text)
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
        counts_json_append(&json, &counts);
        json_key(&json, "reasons");
        json_open(&json, '{');
        r = catalog_list_reason_counts(opened->catalog, (Where){opened->batch, point}, add_reason,
                                       &json);
        json_close(&json, '}');
        if (r >= 0 && point == 0 && store_is_attached(opened->store)) {
                json_key(&json, "gateways");
                r = gateways_json_append(opened->catalog, &json);
                if (r >= 0)
                        r = gateway_waits_for_standby(opened->catalog);
                json_key(&json, "waits_for_standby");
                json_bool(&json, r > 0);
        }
        json_close(&json, '}');
        if (r >= 0)
                r = json.text.error;
        if (r >= 0)
                text_printf(text, "%s\n", json.text.data);
        return r < 0 ? r : text->error;
}

static int append_text(const Opened *opened, int64_t point, const OverviewDays *days,
                       Language language, Text *text)
{
        _cleanup_free_ char *status = NULL;
        size_t size;
        int r = overview_status_text(opened->catalog, opened->batch, point, days, language, &status,
                                     &size);

        if (r < 0)
                return r;
        text_append_data(text, status, size);
        if (point == 0 && store_is_attached(opened->store)) {
                text_append(text, "\n");
                r = gateways_text(opened->catalog, language, text);
        }
        return r < 0 ? r : text->error;
}

typedef struct Status {
        Opened opened;
        Calendar *calendar;
        OverviewDays days;
        int64_t point; /* 0: all */
        const char *point_name;
        bool as_json;
        Language language;
        int64_t version; /* of the database, when it was looked at last */
        Text gateways;   /* the same: the line */
} Status;

static void status_done(Status *status)
{
        text_done(&status->gateways);
        calendar_free(status->calendar);
        opened_done(&status->opened);
}

static int append_status(Status *status, Text *text)
{
        return status->as_json
                       ? append_json(&status->opened, status->point, status->point_name, text)
                       : append_text(&status->opened, status->point, &status->days,
                                     status->language, text);
}

static Date day_of(Catalog *catalog)
{
        return date_from_wall(catalog_now(catalog, clock_wall_nsec(clock_system())));
}

/* A gateway that is gone changes nothing in the database. 1: the line is another one than before. */
static int look_at_gateways(Status *status)
{
        Text text = {};
        bool changed;
        int r;

        if (status->point != 0 || !store_is_attached(status->opened.store))
                return 0;
        r = gateways_text(status->opened.catalog, status->language, &text);
        changed =
                r >= 0 && (!status->gateways.data || strcmp(status->gateways.data, text.data) != 0);
        text_done(&status->gateways);
        status->gateways = text;
        return r < 0 ? r : changed;
}

/* The days that are left change at midnight, all else with the database, or is a gateway's end. */
static int render(Text *text, void *userdata)
{
        Status *status = userdata;
        const Date today = day_of(status->opened.catalog);
        int64_t version;
        int gateways = look_at_gateways(status), r;

        r = gateways < 0 ? gateways : catalog_data_version(status->opened.catalog, &version);
        if (r < 0)
                return r;
        if (gateways == 0 && version == status->version &&
            memcmp(&today, &status->days.today, sizeof(today)) == 0)
                return 0;
        status->days.today = today;
        r = append_status(status, text);
        if (r < 0)
                return r;
        status->version = version;
        return 1;
}

static int watch(Status *status, unsigned interval_sec)
{
        const LiveSource source = {
                .render = render,
                .userdata = status,
                .hint = MESSAGE(STATUS_HINT, status->language),
                .in_place = !status->as_json,
        };

        status->version = -1;
        return liveview_run(&source, interval_sec);
}

static int print_once(Status *status)
{
        _cleanup_text_ Text text = {};
        int r = append_status(status, &text);

        if (r >= 0)
                (void)fwrite(text.data, 1, text.size, stdout);
        return r;
}

/* 0 for something else than a number of seconds. */
static unsigned parse_interval(const char *s)
{
        enum { INTERVAL_MAX = 3600, INTERVAL_DEFAULT = 2 };
        unsigned long n;
        char *end;

        if (!s)
                return INTERVAL_DEFAULT;
        errno = 0;
        n = strtoul(s, &end, 10);
        return errno != 0 || *s < '0' || *s > '9' || *end || n > INTERVAL_MAX ? 0 : (unsigned)n;
}

int command_status(CommandContext *context, int argc, char **argv)
{
        const char *interval_text = command_option(context, "interval");
        const unsigned interval_sec = parse_interval(interval_text);
        _cleanup_(status_done) Status status = {
                .point_name = argc > 0 ? argv[0] : NULL,
                .as_json = command_option(context, "json"),
                .language = context->language,
        };
        Config config;
        int r;

        if (interval_sec == 0)
                return command_usage_error(context, MESSAGE(ERROR_SECONDS, context->language),
                                           interval_text);
        if (interval_text && !command_option(context, "watch"))
                return command_usage_error(context, MESSAGE(ERROR_INTERVAL, context->language));
        r = opened_open_batch(context, command_option(context, "batch"), &status.opened);
        if (r == COMMAND_OK)
                r = configured_read_store(context, &config, &status.calendar);
        if (r != COMMAND_OK)
                return r;
        status.days = (OverviewDays){.today = day_of(status.opened.catalog),
                                     .deadline = config.deadline,
                                     .calendar = status.calendar,
                                     .check_days = config.check_days,
                                     .paper_days = config.paper_days};
        status.point = opened_find_point(&status.opened, status.point_name);
        if (status.point < 0)
                return COMMAND_WRONG;
        r = command_option(context, "watch") ? watch(&status, interval_sec) : print_once(&status);
        if (r < 0) {
                command_error(MESSAGE(ERROR_READ_STORE, context->language),
                              message_errno(-r, context->language));
                return COMMAND_WRONG;
        }
        return COMMAND_OK;
}
