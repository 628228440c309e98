"""What CPython makes of texts and bytes in its encodings: python3.13 record_codecs.py > codecs.json"""
import json
cases=[]
texts=['', 'a', 'aé', 'a€z', '😀b', 'a\ud800b', '\udcff', 'ÿ', 'Ж', 'x\x81', '日本 ¥〜', 'ｱ\\~', '仮名€','방각하 ㄱ','繁體中文 ╭','简体 ḿ·―','\x80\uffff\U00010000\U0010ffff\u2ff0\uffe5']
for enc in ('utf-8','utf-8-sig','ascii','latin-1','utf-16','utf-16-le','utf-16-be','utf-32','utf-32-be','cp1252','cp1251','koi8-r','iso8859-15','cp866','shift_jis','cp932','euc_jp','gbk','big5','cp950','euc_kr','cp949','gb2312','gb18030','cp437','mac_roman','cp037','cp874'):
    for t in texts:
        for er in ('strict','ignore','replace','backslashreplace','xmlcharrefreplace','surrogateescape','surrogatepass'):
            try: r=t.encode(enc,er).hex()
            except UnicodeError as e: r=[str(e), e.start, e.end]
            cases.append(['encode',enc,er,[ord(c) for c in t],r])
datas=['','61','61c3a9','c3','e282','f09f98','ff','61ff62','eda080','eda0','f4908080','c080','e0800a','fffe6100','feff0061','3dd8','3dd800de','00dc','3dd86100','610000','fffe000061000000','00d80000','ffffff7f','81','a4','efbbbf61','93fa967b','93fa96','c6fccbdc','8fb0a1','8fb0','8fb041','8eb1','8ee0','fa40','8740','a0','fd61','9361','8130','a1a1c6','81308130','81308130ff','813081','90308130','e3329a35','e3329a36','8c63','b6cb','c6a1c7fc','a2e6','f9d6f9fe','a2cca451']
for enc in ('utf-8','utf-8-sig','ascii','latin-1','utf-16-le','utf-16-be','utf-32-le','cp1252','cp1251','koi8-r','iso8859-15','shift_jis','cp932','euc_jp','gbk','big5','cp950','euc_kr','cp949','gb2312','gb18030','cp437','mac_roman','cp037','cp874'):
    for d in datas:
        for er in ('strict','ignore','replace','backslashreplace','surrogateescape','surrogatepass'):
            if er.startswith('surrogate') and enc[:6] in ('utf-16','utf-32'): continue
            try: r=[ord(c) for c in bytes.fromhex(d).decode(enc,er)]
            except UnicodeError as e: r=[str(e), e.start, e.end]
            cases.append(['decode',enc,er,d,r])
print('[\n'+',\n'.join(json.dumps(c) for c in cases)+'\n]')
