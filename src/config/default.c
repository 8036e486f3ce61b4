/* SPDX-License-Identifier: MIT */
#include <idphoto/config.h>

void config_default(Config *ret)
{
        Config config = {
                .delay_msec = 600,
                .patience_msec = 30000,
                .settle_msec = 5000,
                .settle_empty_msec = 600000,
                .max_open_uploads = 1024,
                .max_temporary_files = 20000,
                .max_open_files = 4096,
                .check_days = 20,
                .paper_days = 7,
                .max_staged_bytes = UINT64_C(16) << 30,
                .max_time_msec = 60000,
                .list_memory_bytes = UINT64_C(2) << 30,
                .list_time_msec = 120000,
                .max_archive_bytes = UINT64_C(1) << 30,
                .max_archive_files = 5000,
                .max_archive_content = UINT64_C(4) << 30,
                .archive_memory_bytes = UINT64_C(512) << 20,
                .archive_time_msec = 120000,
        };

        photo_rules_default(&config.rules);
        *ret = config;
}
