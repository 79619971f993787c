#pragma once

#include <optional>
#include <string>
#include <tuple>

#include "schema/field.hpp"

namespace recast::engines::calibre {

/// What a client may say of a book (processing.md 3.12).
struct Options {
  std::string title;
  std::string authors;
  std::string output_profile = "default";
  std::string page_size = "a4";
  std::optional<double> margin_top;
  std::optional<double> margin_bottom;
  std::optional<double> margin_left;
  std::optional<double> margin_right;
  double font_size = 0;
  bool embed_fonts = false;
  std::optional<double> line_height;
  bool remove_paragraph_spacing = false;
  bool no_images = false;

  static constexpr auto fields = std::tuple{
      schema::field(&Options::title, "title", "Title of the book; the file's own if nothing is said."),
      schema::field(&Options::authors, "authors",
                    "Authors of the book, parted by &; the file's own if nothing is said."),
      schema::field(&Options::output_profile, "output_profile",
                    "Device the book is made for: sizes of pictures and letters follow it.",
                    {.values = {"default",
                                "cybookg3",
                                "cybook_opus",
                                "galaxy",
                                "generic_eink",
                                "generic_eink_hd",
                                "generic_eink_large",
                                "hanlinv3",
                                "hanlinv5",
                                "illiad",
                                "ipad",
                                "ipad3",
                                "irexdr1000",
                                "irexdr800",
                                "jetbook5",
                                "kindle",
                                "kindle_dx",
                                "kindle_fire",
                                "kindle_oasis",
                                "kindle_pw",
                                "kindle_pw3",
                                "kindle_scribe",
                                "kindle_voyage",
                                "kobo",
                                "mobipocket",
                                "msreader",
                                "nook",
                                "nook_color",
                                "nook_hd_plus",
                                "pocketbook_900",
                                "pocketbook_inkpad3",
                                "pocketbook_lux",
                                "pocketbook_hd",
                                "sony",
                                "sony-landscape",
                                "sony300",
                                "sony900",
                                "tablet"},
                     .aliases = {"outputprofile"}}),
      schema::field(&Options::page_size, "page_size", "Paper of a PDF or DOCX.",
                    {.values = {"a0", "a1", "a2", "a3", "a4", "a5", "a6", "b0", "b1", "b2", "b3", "b4", "b5", "b6",
                                "legal", "letter"}}),
      schema::field(&Options::margin_top, "margin_top", "Upper margin in points.", {.min = 0, .max = 1000}),
      schema::field(&Options::margin_bottom, "margin_bottom", "Lower margin in points.", {.min = 0, .max = 1000}),
      schema::field(&Options::margin_left, "margin_left", "Left margin in points.", {.min = 0, .max = 1000}),
      schema::field(&Options::margin_right, "margin_right", "Right margin in points.", {.min = 0, .max = 1000}),
      schema::field(&Options::font_size, "font_size", "Size of the text in points; 0 leaves it.",
                    {.min = 0, .max = 200}),
      schema::field(&Options::embed_fonts, "embed_fonts", "Put the fonts that the book names into it."),
      schema::field(&Options::line_height, "line_height", "Least height of a line in percent of its letters.",
                    {.min = 0, .max = 1000}),
      schema::field(&Options::remove_paragraph_spacing, "remove_paragraph_spacing",
                    "No space between paragraphs; their first lines are indented instead."),
      schema::field(&Options::no_images, "no_images", "Leave the pictures of a PDF out."),
  };
};

}  // namespace recast::engines::calibre
