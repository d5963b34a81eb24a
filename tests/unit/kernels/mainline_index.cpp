#include "kernels/mainline_index.hpp"

#include <doctest/doctest.h>

#include <string>

#include "kernels/html_link.hpp"

using namespace kerneltour::kernels;

namespace {

std::string print(std::string_view html) {
  std::string text;
  for (const auto& folder : parse_mainline_index(html)) {
    text += (text.empty() ? "" : ", ") + folder_of(folder.version);
    if (!folder.changed.empty()) text += " of " + folder.changed;
  }
  return text;
}

std::string link(const std::string& target) { return "<a href=\"" + target + "\">" + target + "</a>\n"; }

}  // namespace

TEST_CASE("a table of folders has their versions and dates, oldest version first") {
  const auto* page = R"(<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">
<html><head><title>Index of /mainline</title></head><body><h1>Index of /mainline</h1><table>
<tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th><th><a href="?C=N;O=D">Name</a></th></tr>
<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td><td><a href="/">Parent Directory</a></td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="daily/">daily/</a></td><td align="right">2024-06-01 10:00  </td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="v4.4.10-xenial/">v4.4.10-xenial/</a></td><td align="right">2016-05-11 12:09  </td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="v5.12-rc1-dontuse/">v5.12-rc1-dontuse/</a></td><td align="right">2021-03-05 01:01  </td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="v6.10-rc1/">v6.10-rc1/</a></td><td align="right">2024-05-27 02:13  </td></tr>
<tr><td valign="top"><img src="/icons/folder.gif" alt="[DIR]"></td><td><a href="v6.9/">v6.9/</a></td><td align="right">2024-05-12 22:23  </td></tr>
</table></body></html>)";
  CHECK(print(page) == "v6.9 of 2024-05-12 22:23, v6.10-rc1 of 2024-05-27 02:13");
}

TEST_CASE("so has a page without a table") {
  CHECK(print("<pre><img src=\"/icons/folder.gif\" alt=\"[DIR]\"> <A HREF='v6.9.3/'>v6.9.3/</A>   2024-05-30 "
              "09:45    -   \n"
              "<img src=\"/icons/folder.gif\" alt=\"[DIR]\"> <a class=x href=v4.20/ >v4.20/</a>    -   "
              "\n</pre>") == "v4.20, v6.9.3 of 2024-05-30 09:45");
}

TEST_CASE("a version is the end of a link, whatever its kind, and is there once") {
  CHECK(print(link("v6.9/") + link("./v6.9/") + link("/mainline/v6.9/") +
              link("https://host/mainline/v6.9/")) == "v6.9");
  CHECK(print(link("v6&#46;9&#x2F;") + link("v6%2e10%2F")) == "v6.9, v6.10");
}

TEST_CASE("names that are no version's folder are not trusted") {
  for (const auto* target :
       {"v6.9", "v6.09/", "v6.9.0/", "v6.9/..", "../", "v6.9/../", "v6.9%00/", "v6.9&#10;/", "6.9/",
        "v6.9-rc01/", "v6.9//", "v00000000000000000000000000000000000006.9/"}) {
    CAPTURE(target);
    CHECK(print(link(target)).empty());
  }
}

TEST_CASE("a page that is none has no folders") {
  for (const auto* page :
       {"", "<", "<a", "<a ", "<a href", "<a href=", "<a href=\"v6.9/", "<a href=''>", "v6.9/",
        "<abbr href=\"v6.9/\">", "<a name=\"href=v6.9/\">", "<html>502 Bad Gateway</html>"}) {
    CAPTURE(page);
    CHECK(print(page).empty());
  }
}

TEST_CASE("the date is the one behind its own link") {
  CHECK(print(link("v6.9/") + link("v6.8/") + "2024-03-10 21:00") == "v6.8 of 2024-03-10 21:00, v6.9");
  CHECK(print(link("v6.9/") + "2024-03-1O 21:00") == "v6.9");
}

TEST_CASE("character references and percent-encoding are resolved, and half of one stays") {
  CHECK(without_references("a&amp;&lt;&gt;&quot;&#47;&#x2f;b") == "a&<>\"//b");
  CHECK(without_references("&amp;lt; &nbsp; &#300; &amp & &#; &#x;") == "&lt; &nbsp; &#300; &amp & &#; &#x;");
  CHECK(without_percents("%2e%2E%2f%41") == "../A");
  CHECK(without_percents("%2 %zz %-1 %") == "%2 %zz %-1 %");
}
