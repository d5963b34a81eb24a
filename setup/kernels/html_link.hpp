#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kerneltour::kernels {

/// A link of a page.
struct HtmlLink {
  std::string target;       ///< its href, character references and percent-encoding resolved
  std::string_view behind;  ///< the page between this link and the next one
};

/// The next link of `html`, taken away from it with all before the link behind it; nullopt where there is no
/// more. Reads as much of HTML as pages made by servers have: tags, quoted attributes, character references.
std::optional<HtmlLink> take_link(std::string_view& html);

/// `text` with &amp;, &lt;, &gt;, &quot;, &#47; and &#x2f; resolved; others stay as they are, and so do those
/// of characters beyond ASCII.
std::string without_references(std::string_view text);

/// `text` with %2F resolved (RFC 3986, 2.1); a '%' without two digits behind it stays.
std::string without_percents(std::string_view text);

}  // namespace kerneltour::kernels
