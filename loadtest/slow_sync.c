/* A disk with other manners, preloaded into a process and its children: every sync takes longer, and when
 * told so the disk is full. It changes nothing that is written and nothing that is read.
 *
 *   cc -O2 -shared -fPIC -o slow_sync.so slow_sync.c
 *   SYNC_DELAY_US=2000 LD_PRELOAD=/path/slow_sync.so postgres ...
 *
 *   SYNC_DELAY_US    microseconds added to every fsync, fdatasync, sync_file_range, msync and syncfs
 *   DISK_FULL_DIR    writes to files below this directory (absolute, existing at start) ...
 *   DISK_FULL_FLAG   ... fail with ENOSPC as long as this file exists: write, writev, pwrite, pwritev,
 *                    fallocate, posix_fallocate, and ftruncate that makes a file longer
 *
 * A failing write writes nothing at all, also where it would not make the file longer: as on a file system
 * that writes every block anew (btrfs, ZFS), or at a quota. Files opened with O_SYNC or O_DSYNC sync in
 * write() and get no delay: leave Postgres at wal_sync_method = fdatasync, its default on Linux. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long delay_us;
static const char *full_flag;
static char full_dir[PATH_MAX];
static size_t full_dir_length;

/* Runs before main. A child of fork keeps what it found, a child of exec reads it again. */
__attribute__((constructor)) static void read_settings(void) {
  const char *delay = getenv("SYNC_DELAY_US"), *dir = getenv("DISK_FULL_DIR");
  delay_us = delay ? atol(delay) : 0;
  full_flag = getenv("DISK_FULL_FLAG");
  /* A copy: a program that shows a title of its own, as Postgres does, writes it over its environment. */
  if (full_flag) full_flag = strdup(full_flag);
  if (full_flag && dir && realpath(dir, full_dir)) full_dir_length = strlen(full_dir);
}

/* Sleeps the whole delay whatever signals come, and leaves errno as it is. */
static void wait_for_disk(void) {
  int before = errno;
  struct timespec left = {delay_us / 1000000, delay_us % 1000000 * 1000};
  while (delay_us > 0 && nanosleep(&left, &left) != 0 && errno == EINTR) {}
  errno = before;
}

/* Whether this descriptor is a file below the directory whose disk is full now. */
static int is_full(int fd) {
  int before = errno, full = 0;
  if (full_dir_length > 0 && access(full_flag, F_OK) == 0) {
    char link[32], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path);
    full = length > (ssize_t)full_dir_length && memcmp(path, full_dir, full_dir_length) == 0 &&
           path[full_dir_length] == '/';
  }
  errno = before;
  return full;
}

static int would_grow(int fd, off_t length) {
  struct stat now;
  return fstat(fd, &now) == 0 && length > now.st_size;
}

/* The function that this one stands in front of. */
#define NEXT(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define SLOW(name, params, args) \
  int name params { \
    NEXT(name); \
    int status = next args; \
    wait_for_disk(); \
    return status; \
  }

SLOW(fsync, (int fd), (fd))
SLOW(fdatasync, (int fd), (fd))
SLOW(syncfs, (int fd), (fd))
SLOW(sync_file_range, (int fd, off64_t from, off64_t bytes, unsigned flags), (fd, from, bytes, flags))
SLOW(msync, (void *from, size_t bytes, int flags), (from, bytes, flags))

#define FULL(type, name, params, args, condition) \
  type name params { \
    NEXT(name); \
    if (condition) { \
      errno = ENOSPC; \
      return -1; \
    } \
    return next args; \
  }

FULL(ssize_t, write, (int fd, const void *from, size_t bytes), (fd, from, bytes), is_full(fd))
FULL(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), is_full(fd))
FULL(ssize_t, pwrite, (int fd, const void *from, size_t bytes, off_t at), (fd, from, bytes, at), is_full(fd))
FULL(ssize_t, pwrite64, (int fd, const void *from, size_t bytes, off64_t at), (fd, from, bytes, at), is_full(fd))
FULL(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at), is_full(fd))
FULL(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at), is_full(fd))
FULL(int, fallocate, (int fd, int mode, off_t at, off_t bytes), (fd, mode, at, bytes), is_full(fd))
FULL(int, fallocate64, (int fd, int mode, off64_t at, off64_t bytes), (fd, mode, at, bytes), is_full(fd))
FULL(int, ftruncate, (int fd, off_t length), (fd, length), is_full(fd) && would_grow(fd, length))
FULL(int, ftruncate64, (int fd, off64_t length), (fd, length), is_full(fd) && would_grow(fd, length))

/* These two return the error instead of setting errno. */
int posix_fallocate(int fd, off_t at, off_t bytes) {
  NEXT(posix_fallocate);
  return is_full(fd) ? ENOSPC : next(fd, at, bytes);
}

int posix_fallocate64(int fd, off64_t at, off64_t bytes) {
  NEXT(posix_fallocate64);
  return is_full(fd) ? ENOSPC : next(fd, at, bytes);
}
