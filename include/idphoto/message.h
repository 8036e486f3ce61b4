/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <inttypes.h>

/*
 * The messages for people, all in one table: messages-*.def has a row MESSAGE_ROW(ID, English,
 * Chinese) for each. A message is a format of printf(); Chinese may take the arguments in another
 * order by "%2$s".
 *
 * MESSAGE() gives one as an expression of which the compiler sees both texts: wherever a function
 * of the printf() kind uses it, it checks the directives of both languages against the arguments.
 * What no use shows, tests/test_message.c checks over the whole table.
 *
 * Texts that belong to a value of an enumeration (reasons, stages, columns, keys of the
 * configuration) stand with it, in a table of both languages too.
 */
#define MESSAGE(id, language) ((language) == LANGUAGE_ZH ? message_zh_##id : message_en_##id)

#define MESSAGE_ROW(id, en, zh) \
        static const char message_en_##id[] = en; \
        static const char message_zh_##id[] = zh;
#include <idphoto/messages-ctl.def>
#include <idphoto/messages-view.def>
#undef MESSAGE_ROW

/* What an errno means: strerror() in English, the usual ones in Chinese as well. Lives as long as
 * that of strerror(). */
const char *message_errno(int error, Language language);
