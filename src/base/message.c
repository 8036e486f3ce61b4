/* SPDX-License-Identifier: MIT */
#include <idphoto/message.h>

#include <string.h>

/* The C library has its own translations only where the system was set up for them, and a message
 * half in one language is read by nobody. */
static const struct {
        int error;
        const char *text;
} chinese[] = {
        {EPERM, "操作不被允许"},
        {ENOENT, "没有这个文件或文件夹"},
        {EIO, "读写出错"},
        {ENXIO, "没有这个设备"},
        {EAGAIN, "资源暂时不可用"},
        {ENOMEM, "内存不足"},
        {EACCES, "没有权限"},
        {EBUSY, "正在使用中"},
        {EEXIST, "文件已存在"},
        {EXDEV, "不在同一个文件系统中"},
        {ENOTDIR, "不是文件夹"},
        {EISDIR, "是文件夹"},
        {EINVAL, "参数无效"},
        {ENFILE, "系统打开的文件过多"},
        {EMFILE, "打开的文件过多"},
        {EFBIG, "文件过大"},
        {ENOSPC, "磁盘空间不足"},
        {EROFS, "只读，不能更改"},
        {EPIPE, "接收输出的程序已退出"},
        {ERANGE, "数值超出范围"},
        {ENAMETOOLONG, "文件名过长"},
        {ENOTEMPTY, "文件夹不是空的"},
        {ELOOP, "符号链接层数过多，或不允许使用符号链接"},
        {ENODATA, "没有数据"},
        {EPROTO, "程序之间的通信出错"},
        {EBADMSG, "内容有误"},
        {EILSEQ, "文字编码不是 UTF-8"},
        {EOPNOTSUPP, "不支持此操作"},
        {ETIMEDOUT, "超时"},
        {ESTALE, "文件已失效"},
        {EUCLEAN, "数据已损坏"},
        {EDQUOT, "超出磁盘配额"},
        {ENOEXEC, "不是可以运行的程序"},
};

const char *message_errno(int error, Language language)
{
        for (size_t i = 0; i < ELEMENTSOF(chinese) && language == LANGUAGE_ZH; i++)
                if (chinese[i].error == error)
                        return chinese[i].text;
        return strerror(error);
}
