#pragma once

#include <optional>
#include <string_view>

#include "api/link_signer.hpp"
#include "api/settings.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "job/job.hpp"

namespace recast::store {
class Store;
}

namespace recast::api {

/// The stored file a URL names if it is one of this server's own download links, under whatever name, with a valid,
/// unexpired signature; an Error (download_failed) if it lies below public_storage_url or
/// public_api_url, or is signed for a task of this server, but is not valid, or names a file that is gone; nullopt for
/// all others.
Result<std::optional<job::StoredFile>> own_link(std::string_view url, const Settings& settings,
                                                const LinkSigner& signer, store::Store& store, const Clock& clock);

}  // namespace recast::api
