package application

import (
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
)

// Services are the data services of one user code: 管理統計資料 有料分 and 無料分, 保税管理資料保存サービス.
type Services struct{ Paid, Free, Archive bool }

// OfferedServices says which services the union of a code's trades may take (R-APP-5). That the archive
// also needs paid statistics is said by ServiceChoices and CodeProblems.
func OfferedServices(trades []string, cat *catalogue.Catalogue) Services {
	var s Services
	for _, key := range trades {
		if trade, known := cat.Trade(key); known {
			s.Paid = s.Paid || trade.StatsPaid
			s.Free = s.Free || trade.StatsFree
			s.Archive = s.Archive || trade.Archive
		}
	}
	return s
}

// The field names of the services, as in a document.
const (
	ServicePaid    = "statistics_paid"
	ServiceFree    = "statistics_free"
	ServiceArchive = "bonded_archive"
)

const (
	noPaid    = "選択した業種では、管理統計資料の有料分をお申し込みいただけません。選択を外してください。"
	noFree    = "選択した業種では、管理統計資料の無料分をお申し込みいただけません。選択を外してください。"
	noArchive = "選択した業種では、保税管理資料保存サービスをお申し込みいただけません。選択を外してください。"
	needsPaid = "保税管理資料保存サービスには、管理統計資料の有料分のお申し込みが必要です。有料分を選択するか、保存サービスの選択を外してください。"
)

// serviceProblems is R-APP-5: services follow the catalogue over the union of the code's trades, and the
// archive needs paid statistics.
func serviceProblems(item CodeItem, cat *catalogue.Catalogue) problem.List {
	var l problem.List
	offered := OfferedServices(item.Trades(), cat)
	if item.StatsPaid && !offered.Paid {
		l.Add(ServicePaid, "R-APP-5", noPaid)
	}
	if item.StatsFree && !offered.Free {
		l.Add(ServiceFree, "R-APP-5", noFree)
	}
	if item.Archive && !offered.Archive {
		l.Add(ServiceArchive, "R-APP-5", noArchive)
	}
	if item.Archive && !item.StatsPaid {
		l.Add(ServiceArchive, "R-APP-5", needsPaid)
	}
	return l
}
