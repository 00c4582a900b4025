import COnDemand
import Foundation
import Testing

/// Loading a library when it is needed, with libraries that every system has, or none.
@Suite struct OnDemandTests {
    /// A library, and where the addresses of its functions are put; lives as long as the test.
    private final class Library {
        let row: reel_on_demand_library
        private let strings: [UnsafeMutablePointer<CChar>]
        private let functions: UnsafeMutableBufferPointer<reel_on_demand_function>
        private let addresses: UnsafeMutableBufferPointer<reel_on_demand_address?>

        init(_ name: String, package: String = "", functions names: [String]) throws {
            strings = try (names + [name, package]).map { try #require(strdup($0)) }
            addresses = .allocate(capacity: names.count)
            addresses.initialize(repeating: nil)
            functions = .allocate(capacity: names.count)
            for index in names.indices {
                functions[index] = reel_on_demand_function(
                    name: strings[index], address: addresses.baseAddress.map { $0 + index })
            }
            row = reel_on_demand_library(
                name: strings[names.count], package: strings[names.count + 1],
                functions: functions.baseAddress, function_count: names.count)
        }

        deinit {
            for string in strings { free(string) }
            functions.deallocate()
            addresses.deallocate()
        }

        func address(_ index: Int) -> UnsafeMutableRawPointer? {
            addresses[index].map { unsafeBitCast($0, to: UnsafeMutableRawPointer.self) }
        }
    }

    /// - Returns: the sentence, or nil when all were loaded.
    private func load(_ libraries: [Library]) -> String? {
        libraries.map(\.row).withUnsafeBufferPointer { rows in
            var group = reel_on_demand_group(
                libraries: rows.baseAddress, count: rows.count, is_loaded: 0)
            guard let problem = reel_on_demand_load(&group) else {
                return group.is_loaded == 1 ? nil : "It says nothing, and is not loaded."
            }
            defer { free(problem) }
            return String(cString: problem)
        }
    }

    @Test func functionsOfALibraryAreFound() throws {
        let library = try Library("libm.so.6", functions: ["hypot", "cbrt"])
        #expect(load([library]) == nil)
        typealias Length = @convention(c) (Double, Double) -> Double
        let length = unsafeBitCast(try #require(library.address(0)), to: Length.self)
        #expect(length(3, 4) == 5)
        #expect(library.address(1) != nil)
    }

    @Test func aLibraryThatIsMissingIsNamedWithItsPackage() throws {
        let library = try Library("libnowhere.so.7", package: "libnowhere7", functions: ["nothing"])
        #expect(
            load([library])
                == "The library libnowhere.so.7 cannot be used: libnowhere.so.7: cannot open shared "
                + "object file: No such file or directory. Install it, on Debian by: "
                + "apt-get install libnowhere7")
    }

    @Test func aFunctionThatALibraryLacksIsNamed() throws {
        let library = try Library("libm.so.6", package: "libc6", functions: ["cbrt", "nothing"])
        let problem = try #require(load([library]))
        #expect(problem.hasPrefix("The library libm.so.6 cannot be used: "))
        #expect(problem.contains("undefined symbol: nothing"))
    }

    @Test func noFunctionIsReachedBeforeAllLibrariesOfAGroupAreThere() throws {
        let good = try Library("libm.so.6", functions: ["cbrt"])
        let bad = try Library("libnowhere.so.7", functions: [])
        #expect(load([good, bad]) != nil)
        #expect(good.address(0) == nil)
    }

    @Test func threadsThatComeTogetherAllFindItLoaded() throws {
        let library = try Library("libm.so.6", functions: ["cbrt", "hypot", "erf"])
        struct Shared: @unchecked Sendable {
            // Threads only pass the pointer on to C, which locks.
            let group: UnsafeMutablePointer<reel_on_demand_group>
        }
        let row = UnsafeMutablePointer<reel_on_demand_library>.allocate(capacity: 1)
        row.initialize(to: library.row)
        let group = UnsafeMutablePointer<reel_on_demand_group>.allocate(capacity: 1)
        group.initialize(to: reel_on_demand_group(libraries: row, count: 1, is_loaded: 0))
        defer {
            group.deallocate()
            row.deallocate()
        }
        let shared = Shared(group: group)
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            #expect(reel_on_demand_load(shared.group) == nil)
        }
        #expect(library.address(2) != nil)
    }
}
