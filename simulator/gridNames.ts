/** Names of the fictional county 澄溪 Chengxi. None means a real place. */

export interface Place {
  zh: string;
  en: string;
}

export const COUNTY = { org: 'chengxi', zh: '澄溪县', en: 'Chengxi County' } as const;

export interface Town extends Place {
  /** Kilometres east and north of the county seat. */
  eastKm: number;
  northKm: number;
  /** Index of its weather station. */
  station: number;
  rural: boolean;
}

export const TOWNS: readonly Town[] = [
  { zh: '枫林街道', en: 'Fenglin Subdistrict', eastKm: 0, northKm: 0, station: 0, rural: false },
  { zh: '石桥镇', en: 'Shiqiao Town', eastKm: 7.5, northKm: 2.5, station: 0, rural: false },
  { zh: '河湾镇', en: 'Hewan Town', eastKm: 3, northKm: -9, station: 2, rural: true },
  { zh: '竹岭乡', en: 'Zhuling Township', eastKm: -9, northKm: 8.5, station: 1, rural: true },
  { zh: '青塘镇', en: 'Qingtang Town', eastKm: -10.5, northKm: -4, station: 2, rural: true },
  { zh: '白沙乡', en: 'Baisha Township', eastKm: 5.5, northKm: 12, station: 1, rural: true },
];

export interface SubstationPlace extends Place {
  eastKm: number;
  northKm: number;
}

export const SUBSTATIONS: readonly SubstationPlace[] = [
  { zh: '枫林110kV变电站', en: 'Fenglin 110 kV Substation', eastKm: 1.2, northKm: 0.8 },
  { zh: '青塘35kV变电站', en: 'Qingtang 35 kV Substation', eastKm: -7.5, northKm: -1.5 },
  { zh: '石桥35kV变电站', en: 'Shiqiao 35 kV Substation', eastKm: 5.5, northKm: 4.2 },
];

const pairs = (list: string): Place[] =>
  // Names in English hold spaces; the next pair begins where a Chinese one does.
  list.split(/ (?=[^ -~])/).map((pair) => {
    const [zh = '', en = ''] = pair.split(':');
    return { zh, en };
  });

export const VILLAGES = pairs(
  '河湾村:Hewan 柳庄村:Liuzhuang 陈家坞:Chenjiawu 上坪村:Shangping 下坪村:Xiaping 石塘村:Shitang 竹溪村:Zhuxi 茶园村:Chayuan 桃源村:Taoyuan 双溪村:Shuangxi 金山头:Jinshantou 王家畈:Wangjiafan 大坞里:Dawuli 沈家桥:Shenjiaqiao 杨梅岭:Yangmeiling 新建村:Xinjian 清水塘:Qingshuitang 梅林村:Meilin 黄泥岗:Huangnigang 枫树坪:Fengshuping 后山村:Houshan 前洲村:Qianzhou 湖头村:Hutou 岭脚村:Lingjiao 樟树下:Zhangshuxia 章村:Zhangcun 周村:Zhoucun 吴家湾:Wujiawan 徐家埠:Xujiabu 泉塘村:Quantang 余庄:Yuzhuang 高桥头:Gaoqiaotou 横路村:Henglu 白云村:Baiyun 龙潭村:Longtan 马鞍山下:Maanshanxia 三联村:Sanlian 五星村:Wuxing 红旗村:Hongqi 方家垄:Fangjialong',
);

export const ESTATES = pairs(
  '枫林苑:Fenglin Garden 锦绣花园:Jinxiu Garden 滨河小区:Binhe Estate 东方名都:Dongfang Court 翠竹苑:Cuizhu Garden 学府路:Xuefu Road 人民路:Renmin Road 解放街:Jiefang Street 县前街:Xianqian Street 桂花园:Guihua Garden 金桥家园:Jinqiao Homes 望湖小区:Wanghu Estate 和谐家园:Hexie Homes 春江苑:Chunjiang Garden 南门里:Nanmenli 北街:Beijie 长虹路:Changhong Road 新世纪:Xinshiji Estate 阳光城:Yangguang City 文昌苑:Wenchang Garden',
);

export const WORKS = pairs(
  '振兴五金厂:Zhenxing Hardware 华丰纺织:Huafeng Textiles 永盛机械:Yongsheng Machinery 澄溪工业园:Chengxi Industrial Park 绿源竹业:Luyuan Bamboo 大成包装:Dacheng Packaging',
);

export const MARKETS = pairs(
  '中心商场:Central Mall 农贸市场:Farmers Market 汽车站:Bus Station 县医院:County Hospital 第一中学:No. 1 Middle School 行政中心:Civic Centre',
);

export const FEEDER_NAMES = pairs(
  '枫城线:Fengcheng 学府线:Xuefu 滨河线:Binhe 工业线:Gongye 石桥线:Shiqiao 河湾线:Hewan 青塘线:Qingtang 茶山线:Chashan 竹岭线:Zhuling 白沙线:Baisha',
);
