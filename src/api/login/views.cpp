#include "api/login/views.hpp"

#include "api/account_views.hpp"

namespace recast::api {

json::object session_view(const account::LoginSession& session) {
  json::object out;
  out["id"] = session.id;
  out["created_at"] = format_time(session.created);
  out["last_seen_at"] = format_time(session.seen);
  out["expires_at"] = format_time(session.expires);
  out["address"] = session.address;
  out["user_agent"] = session.user_agent;
  return out;
}

json::object identity_view(const account::LinkedIdentity& identity) {
  json::object out;
  out["id"] = identity.id;
  out["issuer"] = identity.identity.issuer;
  out["subject"] = identity.identity.subject;
  out["created_at"] = format_time(identity.created);
  out["last_used_at"] = time_or_null(identity.last_used);
  return out;
}

json::array identity_views(const std::vector<account::LinkedIdentity>& identities) {
  json::array out;
  for (const auto& one : identities) out.push_back(identity_view(one));
  return out;
}

json::object invitation_view(const account::Invitation& invitation) {
  json::object out;
  out["id"] = invitation.id;
  out["email"] = invitation.email;
  out["administrator"] = invitation.administrator;
  out["created_at"] = format_time(invitation.created);
  out["expires_at"] = format_time(invitation.expires);
  return out;
}

}  // namespace recast::api
