#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

namespace taprootd {

/// A queue of messages to one thread, from many. Does not wake its reader: whoever posts does (Loop::Wake).
template <typename Message>
class Mailbox {
 public:
  /// Adds a message at the end.
  void Post(Message message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }

  /// Adds a message unless `most` or more wait already; returns whether it was added. It is untouched if not.
  [[nodiscard]] bool PostBelow(size_t most, Message& message) {
    const std::lock_guard lock(mutex_);
    if (messages_.size() >= most) return false;
    messages_.push_back(std::move(message));
    return true;
  }

  /// Returns all messages, oldest first, and leaves none.
  std::deque<Message> TakeAll() {
    std::deque<Message> taken;
    const std::lock_guard lock(mutex_);
    taken.swap(messages_);
    return taken;
  }

 private:
  std::mutex mutex_;
  std::deque<Message> messages_;
};

}  // namespace taprootd
