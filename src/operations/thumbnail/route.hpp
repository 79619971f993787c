#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/catalogue.hpp"

namespace recast::operations::thumbnail {

/// What kind of picture a step makes, and of what.
enum class Role {
  cover,   ///< a book or a song gives the picture it brings along; an engine's ability `thumbnail`
  pages,   ///< a document becomes a document that can be drawn
  draw,    ///< a document, film or picture becomes pictures of the wanted size
  encode,  ///< a picture of the right size changes its format
};

struct Leg {
  engine::Choice choice;
  std::string from;
  std::string to;
  Role role = Role::draw;

  /// Exactly this engine: another one might not have the options that its role needs.
  bool has_option(std::string_view name) const { return choice.engine->has_option(operation(), from, to, name); }
  engine::Wish wish() const { return {from, to, choice.reported_name, choice.installation->version, operation()}; }

 private:
  std::string operation() const { return role == Role::cover ? "thumbnail" : "convert"; }
};

/// The formats that can be reached, for asking about all of them: each answer is much cheaper than find_route()'s.
class Reach {
 public:
  explicit Reach(const engine::Catalogue& catalogue);
  /// Every format that something is made of.
  const std::set<std::string>& sources() const { return sources_; }
  /// Whether find_route() or find_cover_route() finds a way.
  bool reaches(const std::string& from, const std::string& to) const;

 private:
  struct Drawn {
    bool sized = false;  ///< by an engine that has a width
  };
  std::set<std::string> sources_;
  std::map<std::pair<std::string, std::string>, Drawn> pairs_;
  std::set<std::pair<std::string, std::string>> covers_;
};

/// How a file of format `from` becomes pictures of format `to`: the shortest way over engines that are installed, by
/// way of a picture format or of PDF where no engine goes there directly. `engine` and `version` (or empty) are about
/// the engine that reads the file. invalid_conversion_type if there is no way.
Result<std::vector<Leg>> find_route(const engine::Catalogue& catalogue, const std::string& from, const std::string& to,
                                    const std::string& engine = {}, const std::string& version = {});

/// The same for the cover that a file may bring along; empty if no engine looks for one.
std::vector<Leg> find_cover_route(const engine::Catalogue& catalogue, const std::string& from, const std::string& to,
                                  const std::string& engine = {}, const std::string& version = {});

}  // namespace recast::operations::thumbnail
