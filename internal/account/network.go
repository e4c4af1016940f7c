package account

import "net/netip"

// Network is what one subscriber has of an address: of IPv6 the first 64 bits (RFC 6177), else the address.
func Network(from string) string { return within(from, 128, 64) }

// Neighbourhood is what one place is likely to have of addresses: the first 24 bits of IPv4, the first 56 of IPv6, of which
// sites get that many (RFC 6177). Whoever floods has many addresses sooner than many neighbourhoods.
func Neighbourhood(from string) string { return within(from, 24, 56) }

// within is the network of so many bits around an address. What is no address stands for itself.
func within(from string, bits4, bits6 int) string {
	address, err := netip.ParseAddr(from)
	if err != nil {
		return from
	}
	address, bits := address.Unmap().WithZone(""), bits6
	if address.Is4() {
		bits = bits4
	}
	network, err := address.Prefix(min(bits, address.BitLen()))
	if err != nil {
		return from
	}
	if network.IsSingleIP() {
		return network.Addr().String()
	}
	return network.String()
}
