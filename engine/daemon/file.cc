#include "engine/daemon/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/daemon/file_descriptor.h"

namespace taprootd {
namespace {

/// Returns an error of a system call on a file.
absl::Status FileError(const std::string& path, int error) {
  return absl::NotFoundError(fmt::format("{}: {}", path, std::strerror(error)));
}

/// Writes all octets; returns whether that went well, with errno if not.
bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    content.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace

FileMark MarkOf(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = static_cast<uint64_t>(status.st_size),
          .modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
}

absl::StatusOr<world::Octets> ReadFile(const std::string& path, size_t most) {
  // Not blocking: a pipe in the file's place would hold up the reader for ever.
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.IsOpen()) return FileError(path, errno);
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return FileError(path, errno);
  if (!S_ISREG(status.st_mode)) return absl::InvalidArgumentError(fmt::format("{}: not a plain file", path));
  world::Octets content(std::min(static_cast<size_t>(status.st_size), most) + 1);
  size_t size = 0;
  while (true) {
    const ssize_t count = read(fd.get(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FileError(path, errno);
    size += static_cast<size_t>(count);
    if (size > most) return absl::ResourceExhaustedError(fmt::format("{}: longer than {} octets", path, most));
    if (count == 0) break;
    if (size == content.size()) content.resize(std::min(2 * size, most + 1));
  }
  content.resize(size);
  return content;
}

absl::Status ReplaceFile(const std::string& path, std::string_view content, unsigned mode) {
  const std::string draft = path + ".part";
  {
    const FileDescriptor fd(open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!fd.IsOpen()) return FileError(draft, errno);
    // On the disk before the name is: else a crash could leave a name without content.
    if (!WriteAll(fd.get(), content) || fsync(fd.get()) != 0) return FileError(draft, errno);
  }
  if (rename(draft.c_str(), path.c_str()) != 0) return FileError(path, errno);
  return absl::OkStatus();
}

}  // namespace taprootd
