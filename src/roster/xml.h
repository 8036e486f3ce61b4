/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/util.h>

/*
 * XML that a stranger wrote. A document type is refused as a whole, so there are no entities but
 * the five of XML itself; depth is limited. Names come without their prefix.
 */

enum { XML_DEPTH_MAX = 64 };

typedef struct XmlHandler {
        /* Attributes are name and value in turn, NULL at the end, names with their prefix. */
        int (*start)(void *userdata, const char *name, const char *const *attributes);
        int (*end)(void *userdata, const char *name);
        /* A piece of text, not NUL-terminated; may come in several. */
        int (*text)(void *userdata, const char *s, size_t n);
} XmlHandler;

typedef struct XmlReader XmlReader;

/* handler and userdata must outlive the reader; a handler that returns nonzero ends the reading. */
int xml_reader_new(const XmlHandler *handler, void *userdata, XmlReader **ret);
void xml_reader_free(XmlReader *reader);
DEFINE_CLEANUP(XmlReader, xml_reader_free)

/* The next piece of the document. 0; what a handler returned; -EBADMSG for what is no XML or is
 * refused; -ENOMEM. */
int xml_reader_feed(XmlReader *reader, const void *data, size_t size, bool last);

/* Value of an attribute (with its prefix, as written); NULL when absent. */
const char *xml_attribute(const char *const *attributes, const char *name);
