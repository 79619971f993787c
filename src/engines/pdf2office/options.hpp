#pragma once

#include <string>
#include <tuple>

#include "schema/field.hpp"

/// What a client may say about a conversion of a PDF to an office document (processing.md 3.9). The worker reads the
/// same tables.
namespace recast::engines::pdf2office {

struct Options {
  std::string pages;
  std::string password;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::pages, "pages", "Pages to convert, in this order, such as 1-3,5; all if empty.",
                    {.aliases = {"page_range"}}),
      schema::field(&Options::password, "password", "Password that opens the document.",
                    {.verbatim = true, .secret = true}),
  };
};

struct SheetOptions : Options {
  bool non_table_content = false;
  bool single_sheet = true;

  static constexpr auto fields = std::tuple_cat(
      Options::fields, std::tuple{schema::field(&SheetOptions::non_table_content, "non_table_content",
                                                "Take over the text outside of tables too, a row for each line."),
                                  schema::field(&SheetOptions::single_sheet, "single_sheet",
                                                "Put all tables on one sheet; if false, every page has its own.")});
};

}  // namespace recast::engines::pdf2office
