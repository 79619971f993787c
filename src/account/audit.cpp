#include "account/audit.hpp"

#include "account/account.hpp"

namespace recast::account {

std::string AuditEntry::hash_after(std::string_view before) const {
  std::string text;
  // Each with its length, so that nothing can be moved from one member to the next.
  const auto add = [&text](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  add(before);
  add(std::to_string(sequence));
  add(std::to_string(to_micros(at)));
  add(actor.user ? std::to_string(static_cast<std::int64_t>(*actor.user)) : "");
  add(actor.username);
  add(actor.key ? std::to_string(static_cast<std::int64_t>(*actor.key)) : "");
  add(actor.address);
  add(action);
  add(object);
  add(detail);
  return token_hash(text);
}

}  // namespace recast::account
