#include "store/notices.hpp"

#include <boost/json/serialize.hpp>

#include "store/database.hpp"

namespace recast::store {

void Notices::raise(Write& write, UserId user, const account::Notice& notice) {
  write.sql.execute(
      "INSERT INTO notices (user_id, kind, occasion, \"values\", created) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT DO NOTHING",
      user, account::notice_kind_name(notice.kind), notice.occasion, boost::json::serialize(notice.values), write.now);
}

}  // namespace recast::store
