#pragma once

#include <libssh/libssh.h>

#include "base/unique_handle.hpp"

/// Owners of libssh's things.
namespace recast::storages::sftp {

template <class Type, void (*Free)(Type)>
struct HandleTraits {
  using type = Type;
  static constexpr Type invalid() { return nullptr; }
  static void close(Type handle) { Free(handle); }
};

using SessionHandle = UniqueHandle<HandleTraits<ssh_session, &ssh_free>>;
using KeyHandle = UniqueHandle<HandleTraits<ssh_key, &ssh_key_free>>;
using EventHandle = UniqueHandle<HandleTraits<ssh_event, &ssh_event_free>>;

}  // namespace recast::storages::sftp
