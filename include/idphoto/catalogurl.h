/* SPDX-License-Identifier: MIT */
#pragma once

#include <idphoto/text.h>

/*
 * The URL of a catalog on PostgreSQL, such as postgresql://idphoto@db1,db2/photos?sslmode=verify-full,
 * in the words of libpq. What is in it is on record in a file, so it holds no password; and what
 * travels over a network, numbers and names of people, travels by TLS to a server that has proved
 * who it is.
 */

/* Bytes with the NUL: room for several servers' names and the paths of certificates. */
#define CATALOG_URL_SIZE 1024u

/* 0: it may be used; -ENAMETOOLONG; -EDESTADDRREQ: it is no such URL; -EKEYREJECTED: it holds a
 * password; -ENOKEY: a server is neither on this machine nor reached by verified TLS. */
int catalog_url_check(const char *url);

/* What is wrong, for one of these errors, for -ECONNREFUSED (the server), -ENODATA (no store in it)
 * and -EPROTONOSUPPORT (the program), and for what store_open() and store_create() say of a directory
 * of blobs; of another error message_errno(). */
const char *catalog_error(int error, Language language);
