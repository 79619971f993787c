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

/// The stored file a URL names if it is one of this server's own download links (below public_storage_url or
/// public_api_url) with a valid, unexpired signature; nullopt if it is not one of ours; an Error (download_failed,
/// "Download failed: HTTP 403" or 404) if it is ours but no longer good. Without public URLs set nothing is ours.
Result<std::optional<job::StoredFile>> own_link(std::string_view url, const Settings& settings,
                                                const LinkSigner& signer, store::Store& store, const Clock& clock);

}  // namespace recast::api
