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
        {ESRCH, "没有这个进程"},
        {EINTR, "被中断"},
        {EIO, "读写出错"},
        {ENXIO, "没有这个设备"},
        {E2BIG, "参数过长"},
        {EBADF, "文件没有打开"},
        {ECHILD, "没有子进程"},
        {EAGAIN, "资源暂时不可用"},
        {ENOMEM, "内存不足"},
        {EACCES, "没有权限"},
        {EFAULT, "地址无效"},
        {EBUSY, "正在使用中"},
        {EEXIST, "文件已存在"},
        {EXDEV, "不在同一个文件系统中"},
        {ENODEV, "没有这种设备"},
        {ENOTDIR, "不是文件夹"},
        {EISDIR, "是文件夹"},
        {EINVAL, "参数无效"},
        {ENFILE, "系统打开的文件过多"},
        {EMFILE, "打开的文件过多"},
        {ENOTTY, "设备不支持此操作"},
        {ETXTBSY, "程序正在运行，不能更改"},
        {EFBIG, "文件过大"},
        {ENOSPC, "磁盘空间不足"},
        {ESPIPE, "不能在管道中定位"},
        {EROFS, "只读，不能更改"},
        {EMLINK, "链接过多"},
        {EPIPE, "接收输出的程序已退出"},
        {EDOM, "数值无效"},
        {ERANGE, "数值超出范围"},
        {EDEADLK, "会造成死锁"},
        {ENAMETOOLONG, "文件名过长"},
        {ENOLCK, "锁已用完"},
        {ENOSYS, "系统不支持此功能"},
        {ENOTEMPTY, "文件夹不是空的"},
        {ELOOP, "符号链接层数过多，或不允许使用符号链接"},
        {ENODATA, "没有数据"},
        {ETIME, "超时"},
        {EPROTO, "程序之间的通信出错"},
        {EBADMSG, "内容有误"},
        {EOVERFLOW, "数值过大"},
        {EILSEQ, "文字编码不是 UTF-8"},
        {EOPNOTSUPP, "不支持此操作"},
        {ECONNABORTED, "连接已中断"},
        {ECONNRESET, "连接被对方断开"},
        {ENOBUFS, "缓冲区空间不足"},
        {ENOTCONN, "没有连接（提供服务的程序已退出）"},
        {ECONNREFUSED, "连接被拒绝"},
        {ETIMEDOUT, "超时"},
        {ESTALE, "文件已失效"},
        {EUCLEAN, "数据已损坏"},
        {EREMOTEIO, "远端读写出错"},
        {EDQUOT, "超出磁盘配额"},
        {ECANCELED, "操作已取消"},
        {ENOEXEC, "不是可以运行的程序"},
};

const char *message_errno(int error, Language language)
{
        for (size_t i = 0; i < ELEMENTSOF(chinese) && language == LANGUAGE_ZH; i++)
                if (chinese[i].error == error)
                        return chinese[i].text;
        return strerror(error);
}
