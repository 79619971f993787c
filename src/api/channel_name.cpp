#include "api/channel_name.hpp"

#include <algorithm>

namespace recast::api {

namespace {

bool cut_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

bool cut_back(std::string_view& text, std::string_view back) {
  if (!text.ends_with(back)) return false;
  text.remove_suffix(back.size());
  return true;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace

std::optional<ChannelName> ChannelName::parse(std::string_view name) {
  ChannelName channel;
  if (cut_front(name, "private-job.") || cut_front(name, "private-jobs.")) {
    channel.kind = cut_back(name, ".tasks") ? Kind::job_tasks : Kind::job;
  } else if (cut_front(name, "private-task.")) {
    channel.kind = Kind::task;
  } else if (cut_front(name, "private-user.")) {
    if (cut_back(name, ".jobs"))
      channel.kind = Kind::user_jobs;
    else if (cut_back(name, ".tasks"))
      channel.kind = Kind::user_tasks;
    else
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  if (!is_id(name)) return std::nullopt;
  channel.id = name;
  return channel;
}

std::string ChannelName::topic() const {
  static constexpr char kLetters[] = {'j', 'J', 't', 'u', 'U'};
  return kLetters[static_cast<std::size_t>(kind)] + ("/" + id);
}

}  // namespace recast::api
