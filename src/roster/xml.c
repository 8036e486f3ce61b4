/* SPDX-License-Identifier: MIT */
#include "xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

struct XmlReader {
        XML_Parser parser;
        const XmlHandler *handler;
        void *userdata;
        unsigned depth;
        int result; /* of the handler that ended the reading */
};

static void stop(XmlReader *reader, int result)
{
        reader->result = result;
        (void)XML_StopParser(reader->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
        const char *colon = strchr(name, ':');

        return colon ? colon + 1 : name;
}

/* After XML_StopParser() a few more events may come. */
static void XMLCALL on_start(void *userdata, const XML_Char *name, const XML_Char **attributes)
{
        XmlReader *reader = userdata;
        int r;

        if (reader->result != 0)
                return;
        if (++reader->depth > XML_DEPTH_MAX) {
                stop(reader, -EBADMSG);
                return;
        }
        r = reader->handler->start(reader->userdata, local_name(name),
                                   (const char *const *)attributes);
        if (r != 0)
                stop(reader, r);
}

static void XMLCALL on_end(void *userdata, const XML_Char *name)
{
        XmlReader *reader = userdata;
        int r;

        if (reader->result != 0)
                return;
        reader->depth--;
        r = reader->handler->end(reader->userdata, local_name(name));
        if (r != 0)
                stop(reader, r);
}

static void XMLCALL on_text(void *userdata, const XML_Char *s, int n)
{
        XmlReader *reader = userdata;
        int r;

        if (reader->result != 0 || !reader->handler->text)
                return;
        r = reader->handler->text(reader->userdata, s, (size_t)n);
        if (r != 0)
                stop(reader, r);
}

static void XMLCALL on_doctype(void *userdata, const XML_Char *name _unused_,
                               const XML_Char *system_id _unused_,
                               const XML_Char *public_id _unused_, int has_subset _unused_)
{
        stop(userdata, -EBADMSG);
}

int xml_reader_new(const XmlHandler *handler, void *userdata, XmlReader **ret)
{
        _cleanup_(xml_reader_freep) XmlReader *reader = calloc(1, sizeof(*reader));

        if (!reader)
                return -ENOMEM;
        reader->parser = XML_ParserCreate(NULL);
        if (!reader->parser)
                return -ENOMEM;
        reader->handler = handler;
        reader->userdata = userdata;
        XML_SetUserData(reader->parser, reader);
        XML_SetElementHandler(reader->parser, on_start, on_end);
        XML_SetCharacterDataHandler(reader->parser, on_text);
        XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
        *ret = TAKE_PTR(reader);
        return 0;
}

void xml_reader_free(XmlReader *reader)
{
        if (!reader)
                return;
        if (reader->parser)
                XML_ParserFree(reader->parser);
        free(reader);
}

int xml_reader_feed(XmlReader *reader, const void *data, size_t size, bool last)
{
        if (size > INT_MAX)
                return -EBADMSG;
        if (XML_Parse(reader->parser, data, (int)size, last) == XML_STATUS_OK)
                return 0;
        if (reader->result != 0)
                return reader->result;
        return XML_GetErrorCode(reader->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM : -EBADMSG;
}

const char *xml_attribute(const char *const *attributes, const char *name)
{
        for (; *attributes; attributes += 2)
                if (strcmp(attributes[0], name) == 0)
                        return attributes[1];
        return NULL;
}
