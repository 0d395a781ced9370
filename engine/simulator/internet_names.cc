#include "engine/simulator/internet_names.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace simulator {
namespace {

using wire::RrType;

/// One kind of question about a site.
struct Template {
  std::string_view prefix;  ///< In front of the site's name; empty for the name itself.
  RrType type;
};

constexpr auto kTypeOfNobody = static_cast<RrType>(65280);

/// What is asked of sites, each as often as the others.
constexpr std::array kTemplates = {
    Template{"", RrType::kA},
    Template{"", RrType::kAaaa},
    Template{"", RrType::kMx},
    Template{"", RrType::kTxt},
    Template{"", RrType::kSoa},
    Template{"", RrType::kNs},
    Template{"", RrType::kHttps},
    Template{"www", RrType::kA},
    Template{"www", RrType::kAaaa},
    Template{"www", RrType::kA},
    Template{"mail", RrType::kA},
    Template{"api", RrType::kAaaa},
    Template{"api", RrType::kMx},
    Template{"ftp", RrType::kA},
    Template{"files", RrType::kAaaa},
    Template{"shop", RrType::kA},
    Template{"shop", RrType::kAaaa},
    Template{"cdn", RrType::kA},
    Template{"cdn", RrType::kAaaa},
    Template{"hop3", RrType::kA},
    Template{"lost", RrType::kA},
    Template{"old", RrType::kDname},
    Template{"www.old", RrType::kA},
    Template{"api.old", RrType::kAaaa},
    Template{"mail.old", RrType::kA},
    Template{"any.wild", RrType::kA},
    Template{"x.y.wild", RrType::kTxt},
    Template{"plain.wild", RrType::kA},
    Template{"x.plain.wild", RrType::kA},
    Template{"deep", RrType::kA},
    Template{"x.deep", RrType::kTxt},
    Template{"y.x.deep", RrType::kA},
    Template{"z.x.deep", RrType::kA},
    Template{"_sip._tcp", RrType::kSrv},
    Template{"_443._tcp", RrType::kTlsa},
    Template{"big", RrType::kTxt},
    Template{"text", RrType::kTxt},
    Template{"text", RrType::kHinfo},
    Template{"text", RrType::kCaa},
    Template{"v4", RrType::kA},
    Template{"v4", RrType::kAaaa},
    Template{"v6", RrType::kAaaa},
    Template{"v6", RrType::kA},
    Template{"many", RrType::kA},
    Template{"svc", RrType::kHttps},
    Template{"svc", RrType::kSvcb},
    Template{"odd", kTypeOfNobody},
    Template{"odd", RrType::kA},
    Template{"nothing", RrType::kA},
    Template{"no.such.name", RrType::kAaaa},
    Template{"ns1", RrType::kA},
    Template{"sub", RrType::kA},
    Template{"sub", RrType::kDs},
    Template{"www.sub", RrType::kA},
    Template{"deep.sub", RrType::kMx},
    Template{"big.sub", RrType::kTxt},
    Template{"www.sub.sub", RrType::kA},
    Template{"shop.lab", RrType::kA},
    Template{"api.lab.sub", RrType::kA},
    Template{"www.old.lab", RrType::kAaaa},
};

/// What is asked beside that where zones are signed.
constexpr std::array kSignedTemplates = {
    Template{"", RrType::kDnskey},     Template{"", RrType::kDs},        Template{"", kCds},
    Template{"", RrType::kNsec3param}, Template{"sub", RrType::kDs},     Template{"lab", RrType::kDs},
    Template{"sub", RrType::kDnskey},  Template{"lab.sub", RrType::kDs},
};

/// Questions about one site before the next of its TLD.
constexpr uint64_t kQuestionsOfSite = 5;

/// Returns the labels of `prefix`, nearest to `name` last, in front of it.
wire::Name Prefixed(std::string_view prefix, wire::Name name) {
  while (!prefix.empty()) {
    const size_t dot = prefix.rfind('.');
    const size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    name = Below(prefix.substr(begin), name);
    prefix = begin == 0 ? std::string_view() : prefix.substr(0, dot);
  }
  return name;
}

}  // namespace

Names::Names(const Atlas& atlas, const Oracle& oracle, const Trust& trust)
    : atlas_(atlas), oracle_(oracle), trust_(trust) {
  const wire::Name arpa = Below("arpa", wire::Name());
  for (const Tld& tld : atlas.anchors().tlds()) {
    if (tld.name != arpa) tlds_.push_back(tld.name);
  }
}

wire::Question Names::At(uint64_t index) const {
  if (tlds_.empty()) return {};
  const uint64_t round = index / tlds_.size();
  const wire::Name& tld = tlds_[index % tlds_.size()];
  const Lot lot = atlas_.nodes().LotOf(tld);
  const uint64_t roll = Roll(lot, Matter::kTemplate, round);
  wire::Question question = roll % 100 < 6 ? NearTop(tld, roll >> 8)
                                           : InSite(SiteOf(atlas_.nodes(), tld, round / kQuestionsOfSite), roll >> 8);
  if (oracle_.TruthOf(question, world::Instant()).perhaps_nxdomain) return {tld, RrType::kNs};
  return question;
}

wire::Question Names::NearTop(const wire::Name& tld, uint64_t roll) const {
  switch (roll % 6) {
    case 0:
      return {tld, RrType::kNs};
    case 1:
      return {tld, RrType::kSoa};
    case 2:
      return {tld, RrType::kDs};
    case 3:
      return {Below("www", Below(fmt::format("no-{}-such", Word(roll)), wire::Name())), RrType::kA};
    case 4:
      return {Below("www", Below(fmt::format("hoster{}", roll / 6 % kHosters), tld)), RrType::kA};
    default:
      return {Below("www", Below(Word(roll >> 16), Below(Word(roll >> 3), tld))), RrType::kA};
  }
}

wire::Question Names::InSite(const wire::Name& site, uint64_t roll) const {
  const size_t of_signed = trust_.is_on() ? kSignedTemplates.size() : 0;
  const size_t place = roll % (kTemplates.size() + of_signed);
  const Template& chosen = place < kTemplates.size() ? kTemplates[place] : kSignedTemplates[place - kTemplates.size()];
  // Below an empty non-terminal of the TLD the site is one label further down.
  const Chain chain = atlas_.ChainTo(site);
  const Node node = atlas_.nodes().At(chain[1], site);
  return {Prefixed(chosen.prefix, node.role == Role::kEmpty ? Below(Word(roll >> 16), site) : site), chosen.type};
}

}  // namespace simulator
