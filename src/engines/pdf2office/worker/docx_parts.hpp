#pragma once

#include <string>
#include <vector>

#include "engines/pdf2office/worker/docx_text.hpp"
#include "engines/pdf2office/worker/media.hpp"
#include "engines/pdf2office/worker/package.hpp"

namespace recast::engines::pdf2office::docx {

/// Everything of a DOCX but the text: pictures, running heads, styles, and how they hang together.
class Parts {
 public:
  Parts(const Media& media, Usual usual) : media_(media), usual_(std::move(usual)) {}

  const Usual& usual() const { return usual_; }

  /// A run with the picture: in the line, or behind the text at its place on the page.
  std::string picture(const PictureBlock& block);
  std::string picture_behind(const PictureBlock& block);
  /// Reference to a new header or footer ("header", "footer") for a section's properties.
  std::string running_head(const Rows& rows, const std::string& kind, const FlowPage& page, double left, double right);

  /// Writes all files, with `body` as the document's text.
  Result<> write(Package& package, const std::string& body, const Flow& flow);

 private:
  struct Relation {
    std::string kind;
    std::string target;
  };
  struct Head {
    std::string name;
    std::string kind;
    std::string xml;
  };

  std::string relate(const std::string& kind, const std::string& target);
  std::string graphic(const PictureBlock& block);
  std::string types() const;
  std::string styles(const Flow& flow) const;

  const Media& media_;
  Usual usual_;
  std::vector<Relation> relations_;
  std::vector<std::pair<std::string, std::string>> pictures_;  // name in the package, name among the media
  std::vector<Head> heads_;
};

}  // namespace recast::engines::pdf2office::docx
