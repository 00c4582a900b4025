import HTTPTransfer
import Testing

struct NetworkAddressTests {
    private static let addresses: [(text: String, reach: NetworkAddress.Reach?)] = [
        ("8.8.8.8", .open), ("127.0.0.1", .local), ("127.9.9.9", .local), ("10.1.2.3", .local),
        ("172.16.0.1", .local), ("172.32.0.1", .open), ("192.168.1.1", .local),
        ("100.64.0.1", .local), ("169.254.169.254", .never), ("0.0.0.0", .never),
        ("224.0.0.1", .never), ("255.255.255.255", .never), ("::1", .local), ("::", .never),
        ("fe80::1", .never), ("fd00::1", .local), ("ff02::1", .never), ("2001:db8::1", .open),
        ("::ffff:127.0.0.1", .local), ("::ffff:169.254.169.254", .never),
        ("64:ff9b::a9fe:a9fe", .never), ("localhost", nil), ("0x7f.1", nil),
    ]

    @Test(arguments: addresses)
    func anAddressIsOpenLocalOrNeverAServers(text: String, reach: NetworkAddress.Reach?) {
        #expect(NetworkAddress.reach(ofText: text) == reach)
    }

    @Test func onlyNamesThatCanBeNothingElseMeanTheLocalNetwork() {
        for host in ["localhost", "gpu", "a.local", "a.lan", "a.internal", "::1", "10.0.0.1"] {
            #expect(NetworkAddress.namesLocalHost(host))
        }
        for host in ["example.com", "127.0.0.1.evil.com", "8.8.8.8", "169.254.169.254"] {
            #expect(!NetworkAddress.namesLocalHost(host))
        }
    }
}
