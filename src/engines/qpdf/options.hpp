#pragma once

#include <string>
#include <tuple>

#include "schema/field.hpp"

/// What a client may ask of the PDF operations (processing.md 12). The worker reads the same tables.
namespace recast::engines::qpdf {

struct NoOptions {
  static constexpr auto fields = std::tuple{};
};

struct ExtractOptions {
  std::string pages;

  static constexpr auto fields = std::tuple{
      schema::field(&ExtractOptions::pages, "pages",
                    "Pages to take, in this order, such as 3,1-2; a page may be taken more than once.",
                    {.required = true, .aliases = {"page_range"}}),
  };
};

struct RotateOptions {
  std::string pages;
  std::string rotation;

  static constexpr auto fields = std::tuple{
      schema::field(&RotateOptions::pages, "pages", "Pages to turn, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&RotateOptions::rotation, "rotation",
                    "Degrees to turn clockwise, on top of how a page is turned already; -90 is a quarter to the left.",
                    {.required = true, .values = {"+90", "-90", "180", "90", "270", "+180", "-180", "+270", "-270"}}),
  };
};

struct EncryptOptions {
  std::string set_password;
  std::string set_owner_password;
  bool allow_extract = false;
  bool allow_accessibility = true;
  std::string allow_modify = "all";
  std::string allow_print = "full";

  static constexpr auto fields = std::tuple{
      schema::field(&EncryptOptions::set_password, "set_password",
                    "Password that opens the document. Without one anybody can open it, within what is allowed.",
                    {.verbatim = true, .secret = true}),
      schema::field(&EncryptOptions::set_owner_password, "set_owner_password",
                    "Password that lifts all restrictions; a random one that nobody knows if empty.",
                    {.verbatim = true, .secret = true}),
      schema::field(&EncryptOptions::allow_extract, "allow_extract", "Allow copying text and images."),
      schema::field(&EncryptOptions::allow_accessibility, "allow_accessibility", "Allow reading aloud."),
      schema::field(&EncryptOptions::allow_modify, "allow_modify",
                    "Changes that are allowed: all; annotate: comments, forms and page order; form: filling in forms "
                    "and page order; assembly: page order; none.",
                    {.values = {"all", "annotate", "form", "assembly", "none"}}),
      schema::field(&EncryptOptions::allow_print, "allow_print",
                    "Printing that is allowed: full, low resolution, none.", {.values = {"full", "low", "none"}}),
  };
};

struct DecryptOptions {
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&DecryptOptions::password, "password", "The password that opens the document, or its owner's.",
                    {.verbatim = true, .secret = true}),
  };
};

}  // namespace recast::engines::qpdf
