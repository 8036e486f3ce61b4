/* SPDX-License-Identifier: MIT */
#include "blob-driver.h"
#include "blob-shared.h"
#include "store-internal.h"

#include <idphoto/io.h>

/* How blobs are named in their directory. */

const char *blob_name(const Sha256 *hash, char buf[static BLOB_NAME_SIZE])
{
        char hex[SHA256_HEX_SIZE];

        (void)sha256_to_hex(hash, hex);
        (void)snprintf(buf, BLOB_NAME_SIZE, "%.2s/%s", hex, hex + 2);
        return buf;
}

int blob_sync_folder(const Store *store, const char *name)
{
        char folder[3] = {name[0], name[1], '\0'};

        return fsync_dir(store->blobs, folder);
}

const char *trash_name(const Sha256 *hash, char buf[static TRASH_NAME_SIZE])
{
        char hex[SHA256_HEX_SIZE];

        (void)snprintf(buf, TRASH_NAME_SIZE, BLOBS_TRASH "/%s", sha256_to_hex(hash, hex));
        return buf;
}
