#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "account/sandbox.hpp"
#include "api/account_views.hpp"
#include "api/context.hpp"
#include "api/envelope.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/sandbox_files.hpp"

namespace recast::api {

namespace {

struct NewFile {
  std::string md5;
  std::string name;

  static constexpr auto fields = std::tuple{
      schema::field(&NewFile::md5, "md5", "MD5 of the file's content, as hexadecimal digits.", {.required = true}),
      schema::field(&NewFile::name, "name", "What it is called in lists."),
  };
};

store::SandboxFiles& files_of(Call& call) { return call.context.services.store.sandbox_files(); }

json::object view(const account::SandboxFile& file) {
  return {{"md5", file.md5}, {"name", file.name}, {"created_at", format_time(file.created)}};
}

json::array views(const std::vector<account::SandboxFile>& files) {
  json::array data;
  for (const auto& file : files) data.push_back(view(file));
  return data;
}

/// `prefix` is where the object lies in the body: "" or "files.0.".
Result<account::SandboxFile> read_file(const json::object& body, const std::string& prefix) {
  auto wanted = schema::parse<NewFile>(body);
  if (!wanted) {
    auto error = std::move(wanted).error();
    error.field = prefix + error.field;
    return std::unexpected(std::move(error));
  }
  constexpr std::size_t kLongestName = 255;
  if (wanted->name.size() > kLongestName)
    return fail(ErrorCode::invalid_data, "The name may not be longer than 255 bytes.", prefix + "name");
  account::SandboxFile file{.md5 = {}, .name = std::move(wanted->name)};
  RECAST_TRY(file.md5, account::read_md5(wanted->md5, prefix + "md5"));
  return file;
}

Result<std::vector<account::SandboxFile>> read_files(const json::value& list) {
  if (!list.is_array() || list.get_array().empty())
    return fail(ErrorCode::invalid_data, "The files must be a list of objects.", "files");
  std::vector<account::SandboxFile> files;
  for (const auto& one : list.get_array()) {
    const auto prefix = fmt::format("files.{}.", files.size());
    if (!one.is_object())
      return fail(ErrorCode::invalid_data, "The file must be an object.", prefix.substr(0, prefix.size() - 1));
    RECAST_TRY(auto file, read_file(one.get_object(), prefix));
    files.push_back(std::move(file));
  }
  return files;
}

/// One file, or `files` with several: then the answer is a list, too.
Result<http::Response> allow_for(Call& call, UserId user) {
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  const auto at_most = call.context.services.sandbox.files_per_user;
  if (const auto* const list = body.if_contains("files")) {
    RECAST_TRY(const auto files, read_files(*list));
    RECAST_TRY(const auto allowed, files_of(call).allow(user, files, at_most));
    return data_response(201, views(allowed));
  }
  RECAST_TRY(const auto file, read_file(body, ""));
  RECAST_TRY(const auto allowed, files_of(call).allow(user, {file}, at_most));
  return data_response(201, view(allowed.at(0)));
}

Result<http::Response> list_for(Call& call, UserId user) {
  RECAST_TRY(const auto files, files_of(call).list(user));
  return data_response(200, views(files));
}

Result<http::Response> remove_for(Call& call, UserId user, const std::string& md5) {
  const auto right = account::read_md5(md5, "");
  if (!right) return fail(ErrorCode::not_found, "No such sandbox file.");
  RECAST_CHECK(files_of(call).remove(user, *right));
  return http::Response::empty(204);
}

Result<http::Response> list_files(Call& call) { return list_for(call, call.principal.user.id); }
Result<http::Response> allow_files(Call& call) { return allow_for(call, call.principal.user.id); }
Result<http::Response> remove_file(Call& call) {
  return remove_for(call, call.principal.user.id, call.request.captures.at(0));
}

Result<UserId> user_in_path(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  RECAST_TRY(const auto user, call.context.services.store.user(UserId(id)));
  return user.id;
}

Result<http::Response> list_files_of_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return list_for(call, user);
}
Result<http::Response> allow_files_of_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return allow_for(call, user);
}
Result<http::Response> remove_file_of_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return remove_for(call, user, call.request.captures.at(1));
}

}  // namespace

/// Ours: the service has no API for its whitelist (core.md 11). It is the account's, so both modes show it.
void add_sandbox_routes(Routes& routes) {
  using account::scope::admin, account::scope::user_read, account::scope::user_write;
  routes.get("/v2/sandbox/files", user_read, &list_files);
  routes.create("/v2/sandbox/files", user_write, &allow_files);
  routes.del("/v2/sandbox/files/{md5}", user_write, &remove_file);
  routes.get("/admin/v1/users/{id}/sandbox-files", admin, &list_files_of_user);
  routes.create("/admin/v1/users/{id}/sandbox-files", admin, &allow_files_of_user);
  routes.del("/admin/v1/users/{id}/sandbox-files/{md5}", admin, &remove_file_of_user);
}

}  // namespace recast::api
