/* SPDX-License-Identifier: MIT */
#include "ops-internal.h"

#include "intake/intake.h"
#include "live/barrier.h"

int ops_errno(int error)
{
        switch (-error) {
        /* Never EINVAL from making a name: file managers try again under a mangled one. Our own
         * EINVALs say that a call made no sense, such as a folder moved into itself. */
        case ENOMEM:
        case EIO:
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case EACCES:
        case EPERM:
        case ENOENT:
        case ENOTDIR:
        case EISDIR:
        case EEXIST:
        case ENOTEMPTY:
        case ENAMETOOLONG:
        case EXDEV:
        case EMFILE:
        case ESTALE:
        case EROFS:
        case EINVAL:
        case EAGAIN:
        case ENODEV:
        case ENODATA:
        case EOPNOTSUPP:
        case EINTR:
                return -error;
        case ENFILE:
                return EMFILE;
        case EILSEQ:
                return EACCES;
        case EBUSY:
                return EAGAIN;
        default:
                return EIO;
        }
}

void ops_fill_entry(const Entry *entry, double lent, struct fuse_entry_param *ret)
{
        *ret = (struct fuse_entry_param){
                .ino = node_to_ino(entry->node),
                .generation = entry->generation,
                .attr = entry->attributes,
                .attr_timeout = tree_attributes_timeout(entry->node, lent),
                .entry_timeout = tree_name_timeout(entry, lent),
        };
}

/* The point that a directory shows, or OFFICE/. False: neither, or only its row tells. Whoever has a
 * folder of a point has come by the point. */
static bool counted_scope(Node node, int64_t *ret)
{
        const NodeTraits *traits = &node_traits[node.kind];

        *ret = traits->office ? LEASE_OFFICE : node.id;
        return traits->directory && (traits->office || traits->row == NODE_ROW_POINT);
}

void ops_tell(Fs *fs, const Entry *entry, bool by_name, struct fuse_entry_param *e)
{
        int64_t scope;

        if (!counted_scope(entry->node, &scope))
                return;
        lease_told(fs->leases, scope, by_name);
        if (!lease_is_looked_at(fs->leases, scope))
                e->entry_timeout = 0;
}

void ops_forgotten(Fs *fs, Node node, uint64_t times)
{
        int64_t scope;

        if (counted_scope(node, &scope))
                lease_forgotten(fs->leases, scope, times);
}

int ops_attributes(Fs *fs, Node node, struct stat *ret)
{
        _cleanup_reader_ Reader reader = {};
        int r = reader_acquire(fs->writer, &reader);

        if (r < 0)
                return r;
        return tree_attributes(&fs->tree, reader.catalog, node, ret);
}

void ops_wait(Fs *fs, fuse_req_t req, const BarrierOptions *options)
{
        _cleanup_scope_ BarrierScope scope = {};

        if (!barrier_wait(fs->barriers, req, options, &scope))
                return;
        if (scope.all)
                upload_hurry(&fs->intake, 0, scope.max_id, false);
        for (size_t i = 0; i < scope.n_points; i++)
                upload_hurry(&fs->intake, scope.points[i], scope.max_id, false);
        barriers_check(fs->barriers);
}
