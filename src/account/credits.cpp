#include "account/credits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace recast::account {

namespace {

constexpr std::array<std::pair<EntryKind, std::string_view>, 4> kKinds{{{EntryKind::grant, "grant"},
                                                                        {EntryKind::charge, "charge"},
                                                                        {EntryKind::refund, "refund"},
                                                                        {EntryKind::adjust, "adjust"}}};

bool is_transfer(std::string_view operation) {
  return operation.starts_with("import/") || operation.starts_with("export/");
}

std::int64_t usual_price(std::string_view operation) {
  return is_transfer(operation) || operation == "metadata" ? 0 : 1;
}

Error wrong(std::string_view name, std::string why) {
  return {ErrorCode::invalid_data, std::move(why), fmt::format("credits.prices.{}", name)};
}

}  // namespace

Result<Prices> Prices::read(const boost::json::object& tree,
                            const std::function<bool(std::string_view operation)>& is_operation,
                            const std::function<bool(std::string_view engine)>& is_engine) {
  Prices prices;
  for (const auto& member : tree) {
    std::string_view operation = member.key();
    std::string_view engine;
    if (!is_operation(operation)) {  // names of operations have slashes, too
      const auto slash = operation.rfind('/');
      if (slash != std::string_view::npos) {
        engine = operation.substr(slash + 1);
        operation = operation.substr(0, slash);
      }
      if (!is_operation(operation) || engine.empty())
        return std::unexpected(wrong(member.key(), "There is no such operation."));
      if (!is_engine(engine))
        return std::unexpected(wrong(member.key(), fmt::format("There is no engine {}.", engine)));
    }
    if (is_transfer(operation)) return std::unexpected(wrong(member.key(), "Imports and exports cost nothing."));
    const auto* const price = member.value().if_int64();
    if (price == nullptr || *price < 0 || *price > kHighest) {
      return std::unexpected(wrong(member.key(), fmt::format("A price is a whole number from 0 to {}.", kHighest)));
    }
    prices.prices_[std::string(operation)][std::string(engine)] = *price;
  }
  return prices;
}

std::int64_t Prices::of(std::string_view operation, std::string_view engine) const {
  const auto prices = prices_.find(operation);
  if (prices == prices_.end()) return usual_price(operation);
  auto price = prices->second.find(engine);
  if (price == prices->second.end()) price = prices->second.find(std::string_view());
  return price == prices->second.end() ? usual_price(operation) : price->second;
}

std::int64_t Prices::most(std::string_view operation, std::string_view engine) const {
  auto most = of(operation, engine);
  const auto prices = prices_.find(operation);
  if (!engine.empty() || prices == prices_.end()) return most;
  for (const auto& [name, price] : prices->second) most = std::max(most, price);
  return most;
}

std::string_view entry_kind_name(EntryKind kind) {
  return std::ranges::find(kKinds, kind, &std::pair<EntryKind, std::string_view>::first)->second;
}

std::optional<EntryKind> entry_kind_from(std::string_view name) {
  const auto* const found = std::ranges::find(kKinds, name, &std::pair<EntryKind, std::string_view>::second);
  return found == kKinds.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace recast::account
