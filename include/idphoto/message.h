/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

#include <inttypes.h>

/*
 * One table of all messages for people. The files messages-*.def have a row MESSAGE_ROW(ID,
 * English, Chinese) for each message. A message is a printf() format. The Chinese format may
 * reorder the arguments with "%2$s".
 *
 * MESSAGE() expands to an expression with both texts. In a call of a function like printf() the
 * compiler therefore checks the directives of both languages against the arguments.
 * tests/test_message.c checks the rest of the table.
 *
 * Texts for the values of an enumeration (reasons, stages, columns, keys of the configuration) are
 * in tables beside that enumeration, in both languages too.
 */
#define MESSAGE(id, language) ((language) == LANGUAGE_ZH ? message_zh_##id : message_en_##id)

#define MESSAGE_ROW(id, en, zh) \
        static const char message_en_##id[] = en; \
        static const char message_zh_##id[] = zh;
#include <idphoto/messages-ctl.def>
#include <idphoto/messages-mount.def>
#include <idphoto/messages-view.def>
#undef MESSAGE_ROW

/* Explains an errno: strerror() in English, our own Chinese texts for the usual ones. The string is
 * valid as long as one of strerror(). */
const char *message_errno(int error, Language language);
