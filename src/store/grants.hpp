#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/oauth.hpp"
#include "base/result.hpp"
#include "store/listing.hpp"

namespace recast::sql {
class Connection;
}
namespace recast::store {

struct Database;
class Write;

/// Rows of OAuth 2.0: clients, what users granted them, and the codes and tokens of it: a part of the Store. Secrets,
/// codes and tokens come in the clear and rest as hashes. Access tokens are keys (Store::authenticate) with an
/// authorization behind them; when that ends, what they are in use for ends too ("key.revoked"). Safe from many
/// threads.
class Grants {
 public:
  explicit Grants(Database& database) : database_(database) {}

  // --- clients; not_found for those of others
  /// `client` without id and times; an empty secret makes a public one. invalid_data on "name" once the user has
  /// `most`.
  Result<account::OauthClient> create_client(account::OauthClient client, std::string_view secret, std::int64_t most);
  /// Newest first; nullopt: everybody's.
  Result<Listing<account::OauthClient>> list_clients(std::optional<UserId> user, Page page);
  Result<account::OauthClient> client(UserId user, std::string_view id);
  /// Name, addresses and flows. Who may not come back by a flow or to an address that is gone learns it the next time,
  /// and codes that were sent to such an address cannot be redeemed; tokens stay.
  Result<account::OauthClient> change_client(const account::OauthClient& client);
  /// A new secret; the former one is worth nothing from then on. conflict for a public client.
  Result<account::OauthClient> set_secret(UserId user, std::string_view id, std::string_view secret);
  /// With all that users granted it. nullopt: whoever registered it.
  Result<> remove_client(std::optional<UserId> user, std::string_view id);

  /// For the endpoints: whoever registered it. nullopt if there is none, or its user may not come in any more.
  struct Known {
    account::OauthClient client;
    std::string owner;   ///< username
    std::string secret;  ///< hash; empty: public
  };
  Result<std::optional<Known>> known(std::string_view id);

  // --- what users granted
  Result<std::vector<account::Grant>> list(UserId user);  ///< the last one first
  Result<std::optional<account::Grant>> find(UserId user, std::string_view client);
  Result<> remove(UserId user, GrantId id);  ///< not_found

  /// That a user lets a client in, once.
  struct Approval {
    UserId user{};
    std::string client;
    std::vector<std::string> scopes;
    account::KeyMode mode = account::KeyMode::both;
    std::int64_t most = 100;  ///< times that it can be in: after that the oldest ends
  };
  /// What the redeeming of a code is held against.
  struct CodeTerms {
    std::string redirect_uri;
    bool redirect_asked = false;  ///< whether the request named it: then who redeems the code has to
    account::Challenge challenge;
    std::chrono::seconds life{600};
  };
  Result<> give_code(const Approval& approval, const CodeTerms& terms, std::string_view code);
  /// The implicit grant: no code, no refresh token.
  Result<> give_token(const Approval& approval, std::string_view access_token, std::chrono::seconds life);

  // --- tokens
  /// Tokens that are to be given.
  struct Fresh {
    std::string access_token;
    std::chrono::seconds access_life{};
    std::optional<account::RefreshToken> refresh_token;
    std::chrono::seconds refresh_life{};
  };
  struct Redemption {
    std::string client;
    std::string code;
    std::optional<std::string> redirect_uri;
    std::string verifier;  ///< of PKCE; empty: none
  };
  /// The scopes of the tokens. invalid_data on "code", "redirect_uri" or "code_verifier". A code is good once, and
  /// while the address that it was sent to is the client's: who presents it again ends all that it gave (RFC
  /// 6749 4.1.2).
  Result<std::vector<std::string>> redeem(const Redemption& redemption, const Fresh& fresh);
  /// The next tokens for a refresh token, of which `fresh` has the next one. Scopes may be fewer than were given. The
  /// access token before stays good for `overlap`. invalid_data on "refresh_token" or "scope". Who presents a refresh
  /// token that was used before ends all that came of it (RFC 9700 4.14.2).
  Result<std::vector<std::string>> refresh(std::string_view client, const account::RefreshToken& token,
                                           const std::optional<std::vector<std::string>>& scopes, const Fresh& fresh,
                                           std::chrono::seconds overlap);
  /// What is known of an access or refresh token that is good; nullopt for any other.
  struct Token {
    std::string client;
    account::User user;
    std::vector<std::string> scopes;
    bool refresh = false;
    Time issued{};
    std::optional<Time> expires;
  };
  Result<std::optional<Token>> look_up(std::string_view token);
  /// Ends an access or refresh token of that client together with the other one; nothing if there is no such token.
  /// invalid_data on "token" if it is another client's.
  Result<> revoke(std::string_view client, std::string_view token);

  /// Removes what is over: codes that nobody redeemed, tokens that expired. At most so many of each.
  Result<> purge(std::int64_t at_most);

  /// Inside the transaction that removes a user: what others granted to that user's clients ends.
  static void end_clients_of(Write& write, Database& database, UserId user);

 private:
  Database& database_;
};

}  // namespace recast::store
