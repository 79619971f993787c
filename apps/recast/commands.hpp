#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "target.hpp"

/// One function per subcommand; each returns the program's exit status and prints its own errors.
namespace recast::cli {

struct ConvertFlags {
  std::vector<std::string> files;  ///< inputs; the last one is the output if there is no --to
  std::string from;
  std::string to;
  std::string out;               ///< folder for the outputs
  std::vector<std::string> set;  ///< "name=value"
  std::string engine;
  std::string engine_version;
  bool overwrite = false;
  bool json = false;
  bool quiet = false;
  int parallel = 0;
};
int convert(const ConvertFlags& flags, const TargetFlags& target);

struct OperationsFlags {
  std::string from, to, operation;
  bool options = false;
  bool json = false;
};
int operations(const OperationsFlags& flags, const TargetFlags& target);
/// A table in Markdown: each format CloudConvert names, and what of it can be read and written by which engine.
int formats(const TargetFlags& target);

struct ListFlags {
  std::string status, tag;
  int page = 1;
  bool json = false;
};
int jobs_list(const ListFlags& flags, const TargetFlags& target);
int jobs_show(const std::string& id, bool json, const TargetFlags& target);
int jobs_wait(const std::string& id, bool json, const TargetFlags& target);
int jobs_cancel(const std::string& id, const TargetFlags& target);
int jobs_delete(const std::string& id, const TargetFlags& target);

struct KeyFlags {
  std::string name = "command line";
  std::vector<std::string> scopes;
  std::string mode;
  std::optional<std::int64_t> expires_in;  ///< seconds
};
/// `quota` is empty, or what limits the key.
int keys_create(const KeyFlags& key, const json::object& quota, bool json, const TargetFlags& target);
int keys_list(bool json, const TargetFlags& target);
int keys_revoke(const std::string& id, const TargetFlags& target);
int secrets_rotate(bool json, const TargetFlags& target);
/// With its token.
void print_new_key(const json::value& key);

/// Prints an Error to standard error and returns its exit status.
int complain(const Error& error);
/// Prints JSON, indented by nothing: one line, for programs.
void print_json(const json::value& value);
/// The text of a member, "" if it is absent or null; numbers and booleans as JSON.
std::string text_of(const json::value& value, std::string_view member);
std::string words_of(const json::value& list);  ///< of strings, separated by blanks

}  // namespace recast::cli
