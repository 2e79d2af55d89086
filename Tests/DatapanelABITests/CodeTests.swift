// SPDX-License-Identifier: Apache-2.0
import CDatapanel
import Datapanel
import DatapanelABI
import Testing

struct CodeTests {
    @Test func numbersAreUniqueAndNamesAreTheHeaders() {
        let numbers = Code.allCases.map(\.number)
        #expect(Set(numbers).count == numbers.count)
        for code in Code.allCases {
            #expect(String(cString: dp_code_name(code.number)) == "\(code.name)")
        }
        #expect(String(cString: dp_code_name(-1)) == "DP_E_UNKNOWN")
    }

    @Test func everySituationHasACodeOfItsClass() {
        for situation in Situation.allCases where situation != .stored {
            #expect(situation.verdict.code.number >= 100)
        }
    }
}
