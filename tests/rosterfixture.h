/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/listpack.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static inline int sink_text(const void *data, size_t size, void *userdata)
{
        Text *text = userdata;

        text_append_data(text, data, size);
        return text->error;
}

/* What cannot be handed over would be told as a failure of the reader. */
static inline void expect_handed_over(const Roster *roster)
{
        _cleanup_(roster_freep) Roster *copy = NULL;
        _cleanup_text_ Text packed = {};

        assert_int_equal(roster_pack(roster, sink_text, &packed), 0);
        assert_int_equal(roster_unpack(packed.data, packed.size, &copy), 0);
        assert_int_equal(copy->n_rows, roster->n_rows);
        assert_int_equal(copy->n_problems, roster->n_problems);
}
