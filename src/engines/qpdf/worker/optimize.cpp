#include "engines/qpdf/worker/optimize.hpp"

#include <algorithm>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>

#include "engines/qpdf/worker/answer.hpp"
#include "engines/qpdf/worker/character_maps.hpp"
#include "engines/qpdf/worker/document.hpp"
#include "engines/qpdf/worker/objects.hpp"
#include "engines/qpdf/worker/output.hpp"
#include "engines/qpdf/worker/signatures.hpp"

namespace recast::engines::qpdf {

namespace {

void strip(QPDF& document) {
  document.getTrailer().removeKey("/Info");
  for (const auto* const key : {"/Metadata", "/PieceInfo", "/SpiderInfo"}) document.getRoot().removeKey(key);
  for (auto object : document.getAllObjects()) {
    auto dictionary = object.isStream() ? object.getDict() : object;
    if (!dictionary.isDictionary()) continue;
    for (const auto* const key : {"/Metadata", "/PieceInfo", "/LastModified", "/Thumb"}) dictionary.removeKey(key);
  }
}

bool is_form(QPDF& document) {
  const auto fields = items(member(document.getRoot().getKey("/AcroForm"), "/Fields"));
  return std::ranges::any_of(fields, [](const Object& field) { return !is_signature(field); });
}

}  // namespace

Result<> write_packed(QPDF& document, worker::Job& job, QPDF* original, const OptimizeOptions& options) {
  // Pages that inherit all pictures of a document would each keep all of them.
  QPDFPageDocumentHelper(document).removeUnreferencedResources();
  constexpr int kBest = 9;
  Pl_Flate::setCompressionLevel(kBest);
  return write_document(document, job.outputs.front(), job.percent, [&](QPDFWriter& writer) {
    writer.setObjectStreamMode(qpdf_o_generate);
    writer.setRecompressFlate(true);
    writer.setLinearization(options.linearize);
    if (original != nullptr && original->isEncrypted()) writer.copyEncryptionParameters(*original);
  });
}

Result<worker::json::object> optimize(worker::Job& job) {
  RECAST_TRY(const auto options, options_of<OptimizeOptions>(job));
  RECAST_TRY(auto document, open_unprotected(job, job.inputs.front()));
  Document original;
  if (job.inputs.size() > 1) {
    RECAST_TRY(original, open_unprotected(job, job.inputs.at(1)));
  }
  // Ghostscript makes fields to be filled in a part of their pages.
  if (options.keep_form && original && is_form(*original)) document = std::move(original);
  RECAST_TRY(const auto count, count_pages(*document));
  if (options.flatten_signatures) flatten_signatures(*document);
  if (options.strip) strip(*document);
  if (original) restore_character_maps(*document, *original);
  RECAST_CHECK(write_packed(*document, job, original.get(), options));
  return answer_of(*document, count);
}

}  // namespace recast::engines::qpdf
