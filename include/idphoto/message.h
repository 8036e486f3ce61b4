/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <inttypes.h>

/*
 * All messages for people, in one table: messages-*.def have a row MESSAGE_ROW(ID, English,
 * Chinese) for each message. A message is a format of printf(); the Chinese one may change the
 * order of arguments with "%2$s".
 *
 * MESSAGE() is an expression in which the compiler sees both texts. So where a function like
 * printf() uses it, the compiler checks the directives of both languages against the arguments.
 * tests/test_message.c checks the whole table for what no use shows.
 *
 * Texts that belong to a value of an enumeration (reasons, stages, columns, keys of the
 * configuration) stand with that enumeration, in a table of both languages too.
 */
#define MESSAGE(id, language) ((language) == LANGUAGE_ZH ? message_zh_##id : message_en_##id)

#define MESSAGE_ROW(id, en, zh) \
        static const char message_en_##id[] = en; \
        static const char message_zh_##id[] = zh;
#include <idphoto/messages-ctl.def>
#include <idphoto/messages-view.def>
#undef MESSAGE_ROW

/* What an errno means: strerror() in English, and Chinese texts of our own for the usual ones. The
 * string lives as long as that of strerror(). */
const char *message_errno(int error, Language language);
